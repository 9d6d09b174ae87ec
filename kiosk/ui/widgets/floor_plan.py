"""The way from the lift to the room, drawn from numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.ui.accessible import Node, Role
from kiosk.ui.geometry import Box
from kiosk.ui.widgets import paint
from kiosk.ui.widgets.piece import Piece

if TYPE_CHECKING:
    from kiosk.ui.sheet import Sheet

MOST_COLUMNS = 7
"""Doors on one side of the lift that are drawn; a longer corridor is shown broken off."""


class FloorPlan(Piece):
    """A corridor with doors on both sides and the lift in its middle."""

    def __init__(
        self, sheet: Sheet, box: Box, side: str, doors_from_lift: int, doors: int, meaning: str
    ) -> None:
        """`side`: 'left' or 'right' when stepping out of the lift; doors alternate across the corridor."""
        super().__init__(sheet, box, "image:way")
        self.meaning = meaning
        column = max(0, (max(1, doors_from_lift) - 1) // 2)
        each_side = max(column + 1, min(MOST_COLUMNS, round(doors / 4)))
        drawn = min(each_side, max(MOST_COLUMNS, column + 1))
        width = min(box.w, box.h * 2.2)
        plan = box.centred(width, min(box.h, width * 0.5))
        room_w = plan.w / (2 * drawn + 1)
        self._plan, self._room_w = plan, room_w
        self._room_h, self._corridor = plan.h * 0.36, plan.h * 0.28
        self._pen = self.px(max(5.0 * plan.w / 900, 4.0))
        at = drawn - 1 - column if side == "left" else drawn + 1 + column
        above = doors_from_lift % 2 == 1
        self._walls(2 * drawn + 1, drawn)
        self._lift(drawn)
        self._route(drawn, at, above)

    def _line(self, *points: float, colour: str = "ink", pen: float | None = None) -> None:
        stage = self.sheet.stage
        flat: list[float] = []
        for x, y in zip(points[::2], points[1::2], strict=True):
            # The building is not mirrored with the text: its box is.
            left, bottom, width, height = stage.window(self._plan)
            flat.append(left + (x - self._plan.x) / self._plan.w * width)
            flat.append(bottom + height - (y - self._plan.y) / self._plan.h * height)
        paint.stroke(self.canvas, flat, self.rgba(colour), pen or self._pen)

    def _walls(self, columns: int, lift: int) -> None:
        plan, room_w, room_h = self._plan, self._room_w, self._room_h
        paint.fill(self.canvas, self.window(plan), self.rgba("accent_soft"))
        self._line(
            plan.x, plan.y, plan.right, plan.y, plan.right, plan.bottom, plan.x, plan.bottom, plan.x, plan.y
        )
        low = plan.bottom - room_h
        for column in range(columns):
            x = plan.x + column * room_w
            door = room_w * 0.3
            for wall, inward in ((plan.y + room_h, plan.y), (low, plan.bottom)):
                if wall == low and column == lift:
                    continue
                self._line(x, wall, x + (room_w - door) / 2, wall)
                self._line(x + (room_w + door) / 2, wall, x + room_w, wall)
                if column:
                    self._line(x, wall, x, inward)
        for x in (plan.x + lift * room_w, plan.x + (lift + 1) * room_w):
            self._line(x, low, x, plan.bottom)

    def _lift(self, column: int) -> None:
        plan, room_w, room_h = self._plan, self._room_w, self._room_h
        cell = Box(plan.x + column * room_w, plan.bottom - room_h, room_w, room_h)
        side = min(cell.w * 0.78, cell.h * 0.7)
        cabin = Box(cell.x + (cell.w - side) / 2, cell.y + 0.12 * cell.h, side, side)
        paint.outlined(
            self.canvas, self.window(cabin), self.rgba("ink"), self.rgba("card"), self._pen, self.px(4)
        )
        # Up and down, as on the lift's own door.
        x, w, h = cabin.x, cabin.w, cabin.h
        middle, arm = cabin.y + h / 2, w * 0.14
        for centre, way in ((x + w * 0.32, -1), (x + w * 0.68, 1)):
            tip, root = middle + way * h * 0.22, middle - way * h * 0.22
            self._line(centre, root, centre, tip, colour="muted")
            self._line(
                centre - arm, tip - way * arm, centre, tip, centre + arm, tip - way * arm, colour="muted"
            )

    def _route(self, lift: int, at: int, above: bool) -> None:
        plan, room_w, room_h = self._plan, self._room_w, self._room_h
        start_x = plan.x + (lift + 0.5) * room_w
        end_x = plan.x + (at + 0.5) * room_w
        corridor = plan.y + room_h + self._corridor / 2
        door = (
            plan.y + room_h + self._corridor * 0.02 if above else plan.bottom - room_h - self._corridor * 0.02
        )
        pen = self._pen * 2
        start = plan.bottom - room_h * 0.96
        self._line(start_x, start, start_x, corridor, end_x, corridor, end_x, door, colour="accent", pen=pen)
        tip, arm = door, min(room_w * 0.2, 26.0)
        way = 1 if above else -1
        self._line(
            end_x - arm, tip + way * arm, end_x, tip, end_x + arm, tip + way * arm, colour="accent", pen=pen
        )
        room_y = plan.y + room_h * 0.45 if above else plan.bottom - room_h * 0.45
        left, bottom, width, height = self.window(plan)
        paint.dot(
            self.canvas,
            left + (end_x - plan.x) / plan.w * width,
            bottom + height - (room_y - plan.y) / plan.h * height,
            self.px(min(26.0, room_w * 0.25)),
            self.rgba("accent"),
        )

    def node(self) -> Node | None:
        return Node(self.id, Role.IMAGE, self.meaning, self.bounds())
