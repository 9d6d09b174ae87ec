"""The card of one who comes along: filled in, corrected, found right. Who holds the booking signs for all."""

from __future__ import annotations

from dataclasses import replace

from kiosk.facts import Facts, sure
from kiosk.language import T, Text
from kiosk.party import Party
from kiosk.prompts import RegistrationCard
from kiosk.registration.card import RegistrationForm
from kiosk.steps.companions import guest_number, needs_document, too_old
from kiosk.steps.complete_card import complete_card
from kiosk.visit import Visit


async def companion_card(visit: Visit, facts: Facts) -> Facts:
    """Returns facts in which this one is done; or still to show a document, where a child turned out too old."""
    party = sure(facts.party)
    now = sure(party.now)

    def ask(form: RegistrationForm, notice: Text | None) -> RegistrationCard:
        return _prompt(party, form, notice)

    form, _ = await complete_card(visit, sure(now.form), ask, party)
    until = visit.terminal.settings.children_until
    if now.told and too_old(form, visit.terminal.today(), until):
        return replace(facts, party=replace(party, now=None, notice=needs_document(until)))
    return replace(facts, party=party.with_done(replace(now, form=form)))


def with_the_card(before: Facts, after: Facts) -> Facts:
    """What stands there when Back returns: the card as it was found right."""
    party, done = sure(before.party), sure(after.party).done
    if len(done) == len(party.done):
        return before
    return replace(before, party=replace(party, now=done[-1]))


def _prompt(party: Party, form: RegistrationForm, notice: Text | None) -> RegistrationCard:
    name = form.called_shortly()
    if form.missing():
        question, help_text = T("A few more details about {name}", name=name), T("Please fill in what is missing.")
    else:
        question, help_text = T("Is this right for {name}?", name=name), T("Correct what has changed, then go on.")
    return RegistrationCard(
        question=question,
        help=T("{count} · {help}", count=guest_number(party), help=help_text),
        rows=form.rows(),
        signature=False,
        action=T("Go on"),
        notice=notice,
    )
