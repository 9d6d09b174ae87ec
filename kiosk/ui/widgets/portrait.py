"""The portrait of a document's chip, for staff: a texture while the screen stands, and no file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kivy.graphics.texture import Texture

from kiosk.language import T
from kiosk.portrait import Portrait
from kiosk.ui.accessible import Node, Role
from kiosk.ui.geometry import Box
from kiosk.ui.widgets import paint
from kiosk.ui.widgets.picture import Picture
from kiosk.ui.widgets.piece import Piece

if TYPE_CHECKING:
    from kiosk.ui.sheet import Sheet

PHOTO = T("Photo from the chip")
NO_PHOTO = T("The photo from the chip can’t be shown")


class PortraitPiece(Piece):
    """As large as fits into its box, and in its middle."""

    def __init__(self, sheet: Sheet, box: Box, texture: Texture) -> None:
        super().__init__(sheet, box, "image:portrait")
        x, y, w, h = self.rect
        wide, high = texture.size
        paint.textured(self.canvas, (x + (w - wide) // 2, y + (h - high) // 2, wide, high), texture)

    def node(self) -> Node | None:
        return Node(self.id, Role.IMAGE, self.sheet.say(PHOTO), self.bounds())


def put_portrait(sheet: Sheet, box: Box, portrait: Portrait) -> None:
    """Instead of one that is broken, a drawing."""
    _, _, w, h = sheet.stage.window(box)
    image = portrait.image(round(w), round(h))
    if image is None:
        sheet.put(Picture(sheet, box, "no-portrait", sheet.say(NO_PHOTO)))
        return
    texture = Texture.create(size=image.size, colorfmt="rgb")
    texture.blit_buffer(image.tobytes(), colorfmt="rgb", bufferfmt="ubyte")
    texture.flip_vertical()
    sheet.put(PortraitPiece(sheet, box, texture))
