"""crm: getProfile, postProfile, putProfile."""

from __future__ import annotations

from kiosk.hotel.builtin.desk import Call, Desk, Operation
from kiosk.hotel.builtin.profile_json import (
    PARTS,
    PROFILE_FIELDS,
    new_profile,
    profile_ids,
    profile_type,
    write_profile,
)
from kiosk.hotel.builtin.refusal import Refusal
from kiosk.hotel.builtin.tables import Profile
from kiosk.hotel.builtin.wire import Answer, Fields, Json

PROFILES = "/crm/v1/profiles"
PROFILE = PROFILES + "/{profileId}"
_BODY = frozenset({"profileIdList", "profileDetails"})


def _body(profile: Profile, parts: frozenset[str] = PARTS) -> Json:
    return {
        "profileIdList": profile_ids(profile),
        "profileDetails": profile_type(profile, dates=False, parts=parts),
    }


def get_profile(desk: Desk, call: Call) -> Answer:
    parts = frozenset(call.query.choices("fetchInstructions", PARTS)) or PARTS
    return Answer(_body(desk.profile(call.path["profileId"]), parts))


def post_profile(desk: Desk, call: Call) -> Answer:
    """A new guest; the hotel gives the id."""
    fields = Fields.of(call.body, "", frozenset({"profileDetails"}))
    details = Fields.of(fields.value.get("profileDetails"), "profileDetails", PROFILE_FIELDS)
    if details.text("profileType", 20, "Guest") != "Guest":
        raise details.bad("profileType")
    profile = new_profile()
    write_profile(profile, details)
    if not profile.family_name:
        raise Refusal("FIELD_INVALID", where="profileDetails.customer.personName")
    desk.session.add(profile)
    desk.session.flush()
    where = f"{PROFILES}/{profile.id}"
    return Answer({"links": [{"href": where, "rel": "self", "method": "GET"}]}, 201, location=where)


def put_profile(desk: Desk, call: Call) -> Answer:
    profile = desk.profile(call.path["profileId"], lock=True)
    fields = Fields.of(call.body, "", _BODY)
    desk.must_be_this(fields, "profileIdList", "Profile", str(profile.id))
    if "profileDetails" not in fields:
        raise fields.bad("profileDetails")
    write_profile(profile, Fields(fields.value["profileDetails"], "profileDetails"))
    desk.session.flush()
    return Answer(_body(profile))


OPERATIONS = (
    Operation("getProfile", "GET", PROFILE, get_profile, frozenset({"fetchInstructions"})),
    Operation("postProfile", "POST", PROFILES, post_profile, takes_body=True),
    Operation("putProfile", "PUT", PROFILE, put_profile, takes_body=True),
)
