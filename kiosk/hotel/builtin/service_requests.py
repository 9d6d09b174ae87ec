"""fof: postServiceRequests, getServiceRequests, putServiceRequests – what a person must do."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy import select

from kiosk.hotel.builtin.desk import Call, Desk, Operation
from kiosk.hotel.builtin.refusal import unknown
from kiosk.hotel.builtin.tables import REQUEST_STATES, ServiceRequest
from kiosk.hotel.builtin.wire import Answer, Fields, Json, some

REQUESTS = "/fof/v1/hotels/{hotelId}/serviceRequests"
_BODY = frozenset({"serviceRequestsDetails"})
_NEW = frozenset({"hotelId", "code", "comment", "priority", "reservationIdList", "room", "status"})
_CHANGE = frozenset(
    {
        "hotelId",
        "serviceRequestId",
        "status",
        "guaranteedBy",
        "action",
        "comment",
        "closeDescription",
        "closedBy",
    }
)
_SEARCH = frozenset(
    {"hotelIds", "reservationId", "room", "code", "status", "creationStartDate", "creationEndDate"}
)


def post_service_requests(desk: Desk, call: Call) -> Answer:
    asked = Fields.of(call.body, "", _BODY).only("serviceRequestsDetails", _NEW)
    desk.must_be_ours(asked, "hotelId")
    if asked.text("status", 20, "Open") != "Open":
        raise asked.bad("status")
    ids = [
        i.text("id", 80)
        for i in asked.each("reservationIdList", frozenset({"id", "type"}))
        if i.text("type") != "Confirmation"
    ]
    if len(ids) > 1:
        raise asked.bad("reservationIdList")
    request = ServiceRequest(
        code=asked.needed("code", 20),
        status="Open",
        comment=asked.text("comment", 2000),
        priority=asked.text("priority", 20),
        room=asked.text("room", 20),
        reservation_id=desk.reservation(ids[0]).id if ids else None,
        opened_at=desk.now,
    )
    desk.session.add(request)
    desk.session.flush()
    address = f"/fof/v1/hotels/{desk.hotel_id}/serviceRequests/{request.id}"
    link = {"href": address, "rel": "self", "method": "GET", "operationId": "getServiceRequests"}
    return Answer({"links": [link]}, 201, location=address)


def get_service_requests(desk: Desk, call: Call) -> Answer:
    query = select(ServiceRequest).order_by(ServiceRequest.id.desc()).limit(200)
    if set(call.query.many("hotelIds")) - {desk.hotel_id}:
        return Answer({"serviceRequestsDetails": []})
    if (reservation := call.query.one("reservationId")) is not None:
        query = query.where(ServiceRequest.reservation_id == desk.reservation(reservation).id)
    if (room := call.query.one("room")) is not None:
        query = query.where(ServiceRequest.room == room)
    if codes := call.query.many("code"):
        query = query.where(ServiceRequest.code.in_(codes))
    if states := call.query.choices("status", frozenset(REQUEST_STATES)):
        query = query.where(ServiceRequest.status.in_(states))
    if (start := call.query.day("creationStartDate")) is not None:
        query = query.where(ServiceRequest.opened_at >= datetime.combine(start, time(), desk.clock.zone))
    if (end := call.query.day("creationEndDate")) is not None:
        after = datetime.combine(end + timedelta(days=1), time(), desk.clock.zone)
        query = query.where(ServiceRequest.opened_at < after)
    return Answer({"serviceRequestsDetails": [_request(desk, row) for row in desk.session.scalars(query)]})


def _request(desk: Desk, row: ServiceRequest) -> Json:
    zone = desk.clock.zone
    return some(
        serviceRequestId={"id": str(row.id), "type": "ServiceRequest"},
        hotelId=desk.hotel_id,
        code=row.code,
        status=row.status,
        priority=row.priority,
        reservationIdList=[{"id": str(row.reservation_id), "type": "Reservation"}]
        if row.reservation_id
        else [],
        room=row.room,
        openDate=row.opened_at.astimezone(zone).isoformat(timespec="seconds"),
        guaranteedBy=row.guaranteed_by,
        comment=row.comment,
        action=row.action,
        closedDate=row.closed_at.astimezone(zone).isoformat(timespec="seconds") if row.closed_at else None,
        closedBy=row.closed_by,
        closeDescription=row.close_description,
    )


def put_service_requests(desk: Desk, call: Call) -> Answer:
    asked = Fields.of(call.body, "", _BODY).only("serviceRequestsDetails", _CHANGE)
    desk.must_be_ours(asked, "hotelId")
    key = asked.fields("serviceRequestId", frozenset({"id", "type"})).needed("id", 15)
    row = (
        desk.session.get(ServiceRequest, int(key), with_for_update=True)
        if key.isascii() and key.isdigit()
        else None
    )
    if row is None:
        raise unknown("SERVICE_REQUEST")
    status = asked.text("status", 20, row.status)
    if status not in REQUEST_STATES:
        raise asked.bad("status")
    row.closed_at = None if status != "Closed" else row.closed_at or desk.now
    row.status = status
    row.guaranteed_by = asked.text("guaranteedBy", 100, row.guaranteed_by)
    row.action = asked.text("action", 200, row.action)
    row.comment = asked.text("comment", 2000, row.comment)
    row.close_description = asked.text("closeDescription", 2000, row.close_description)
    row.closed_by = asked.text("closedBy", 80, row.closed_by)
    desk.session.flush()
    return Answer({})


OPERATIONS = (
    Operation("postServiceRequests", "POST", REQUESTS, post_service_requests, takes_body=True),
    Operation("getServiceRequests", "GET", REQUESTS, get_service_requests, _SEARCH),
    Operation("putServiceRequests", "PUT", REQUESTS, put_service_requests, takes_body=True),
)
