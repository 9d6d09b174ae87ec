"""What a check says came of it, in the technician's language. A check says it in English; what is a whole sentence at
its call is found there, and what is made of parts stands here (a test holds them together)."""

from __future__ import annotations

import re

from kiosk.language import T, Text, quantity, verbatim
from kiosk.steps.said import patterns_of, put_together

FOUND: tuple[Text, ...] = (
    T("Nobody is there to help with it."),
    T("It uses something up, and nobody is there to see it."),
    T("It did not end within {seconds} s."),
    T("The check itself broke ({what})."),
    T("It can’t be asked, and has not been used lately."),
    T("A card was noticed: {card}, {proof}."),
    T("a staff card of this house, which proved itself"),
    T("no staff card of this house"),
    T("a kind of card that can’t be asked for a proof"),
    T("Seen up to about {far} cm."),
    T("The printed zone could not be read, {count} times."),
    T("The zone was read; no chip answered: a document without one, or not laid flat."),
    T("The document was lifted while its chip was read."),
    T("The chip is not opened by the zone that was read: another document lies there."),
    T("This chip is not opened by its zone."),
    T("This chip refuses more tries."),
    T("What lies on the chip’s part is no document."),
    T("Two things lie on the chip’s part."),
    T("The chip answers, but not as the standard wants."),
    T("{count} times on a {card} card."),
    T("Round {number}: {why}."),
    T("what was read back is not what was written: try another card; the same again is the encoder"),
    T("the card does not let itself be written: try another card"),
    T("Read as it was printed ({kind})."),
    T("Seen on the page: no. {question}"),
    T("{count} of {of} codes were read, then none in time."),
    T("{count} codes read: {kinds}."),
    T("Not so: {why} ({code})."),
    T("Not so: {why}."),
    T("there is no connection: check the network cable; where that is well, ask who runs the hotel’s system"),
    T("no whole answer in time"),
    T("it answers a question with a conflict"),
    T("its answer is not what the interface says"),
    T("this kiosk’s credentials are not allowed to: see hotel-credentials.json and the gateway"),
    T("It answers, and refuses what nobody has ({code})."),
    T("It answers, and refuses what nobody has."),
    T("They would leave something behind, and are not tried: {calls}."),
    T("Not felt: {keys}."),
    T("Nothing can be written there: {why}."),
    T("The disk is nearly full."),
    T("Memory is nearly used up."),
    T("It is too hot: clean the fan, free the vents."),
    T("Something keeps the processor busy."),
    T("The clock was not compared for a long time."),
    T("Too many files are open: restart the kiosk, and report it."),
    T("There is no default route, and none is needed. The hotel’s system is on this machine."),
    T("The gateway {way} is there."),
    T("The gateway {way} keeps silent; it may be there all the same."),
    T("The gateway {way} does not answer: check cable, switch and port."),
    T("No name is needed. The hotel’s system is on this machine."),
    T("No name is needed. The hotel’s system is named by its address in kiosk.ini."),
    T("The name service does not know the hotel’s name: {host}."),
    T("The name service can’t be reached or failed: {host}."),
    T("{host} has {count} address(es)."),
    T("This clock is {seconds} s ahead of the hotel’s: keys and codes would end at a wrong time."),
    T("This clock is {seconds} s behind the hotel’s: keys and codes would end at a wrong time."),
    T("The hotel’s system gives no answer ({why})."),
    T("No certificate is needed. The hotel’s system is on this machine."),
    T("Its certificate is not to be trusted: {why}."),
    T("Its certificate ends soon: tell who runs the hotel’s gateway."),
    T("No secure connection came about ({why})."),
    T("The hotel’s system can’t be reached ({why})."),
    T("no end in time"),
    T("its certificate is not to be trusted"),
    T("Trusted, to {ends}, {spoken}."),
    T("The hotel’s system does not answer ({why})."),
    T("{count} of {of} calls came to nothing ({why})."),
    T("{count} of {of} calls were answered."),
    T("All were answered, and {count} only when asked again: the line loses calls."),
    T("1 dead zone: {where}."),
    T("{count} dead zones: {where}."),
    T("{count} fingers are felt at once."),
    T("Seen by a person: not wholly {colour}."),
    T("Nothing was felt after: {words}"),
    T("This machine has no socket whose switch can be read, and nobody has listened."),
)
VALUES: dict[str, Text] = {
    "none": T("none"),
    "out": T("out"),
    "near end": T("near end"),
    "plenty": T("plenty"),
    "open": T("open"),
    "closed": T("closed"),
    "jammed": T("jammed"),
    "free": T("free"),
    "too hot": T("too hot"),
    "well": T("well"),
    "offline": T("offline"),
    "online": T("online"),
    "yes": T("yes"),
    "black": T("black"),
    "AES only": T("AES only"),
}
"""What devices report in words."""
_PATTERNS = patterns_of(FOUND)
_DECIMAL = re.compile(r"-?\d+\.\d+")


def value(words: str) -> Text:
    """Of a reading; what is no word of ours is the device's own."""
    return VALUES.get(words) or verbatim(words)


def found(words: str) -> Text:
    """The sentence that these words are; what is none of them is looked up as it stands, a number said as one."""
    if _DECIMAL.fullmatch(words):
        return quantity(words)
    return put_together(words, _PATTERNS, found)


def reported(words: str) -> Text:
    """"Paper: plenty, Cover: closed": each reading by its own words."""
    if ": " not in words:
        return found(words)
    care = "Needs care. "
    pieces = re.split(r", (?=[A-Z][\w ]*: )", words.removeprefix(care))
    said = _piece(pieces[0])
    for piece in pieces[1:]:
        said = T("{one}, {other}", one=said, other=_piece(piece))
    return T("Needs care. {what}", what=said) if words.startswith(care) else said


def _piece(words: str) -> Text:
    label, _, what = words.partition(": ")
    return T("{label}: {value}", label=Text(label), value=value(what))
