// The ways to the menu of a block in the week grid: the right mouse button, Shift+F10 or the menu key, and a button
// that appears on the block that has the pointer or the focus.
import { IconDots } from "@tabler/icons-react";
import {
  type HTMLAttributes,
  type KeyboardEvent,
  type MouseEvent,
  type SyntheticEvent,
  useState,
} from "react";
import { createPortal } from "react-dom";
import { useTranslations } from "use-intl";

/** Whose menu is asked for, where it opens, and what has the focus again afterwards. */
export interface AskedMenu {
  id: string;
  x: number;
  y: number;
  opener: HTMLElement;
}
export type OpenMenu = (asked: AskedMenu) => void;

/** A menu that opens below the element that was pressed. */
export const below = (id: string, opener: HTMLElement): AskedMenu => {
  const { left, bottom } = opener.getBoundingClientRect();
  return { id, opener, x: left, y: bottom };
};

function blockAt(target: EventTarget) {
  const block = (target as Element).closest<HTMLElement>(".blk");
  const id = block?.querySelector<HTMLElement>("[data-id]")?.dataset.id;
  return block && id ? { block, id } : undefined;
}

const isMenuKey = (e: KeyboardEvent) => e.key === "ContextMenu" || (e.key === "F10" && e.shiftKey);

const halt = (e: SyntheticEvent) => e.stopPropagation();

function More({ title, onPress }: { title: string; onPress: (opener: HTMLElement) => void }) {
  const t = useTranslations("events");
  return (
    <button
      type="button"
      className="blkmore"
      aria-haspopup="menu"
      aria-label={t("actionsOf", { title: title || t("untitled") })}
      // Heard where the button is put, before the grid hears it and draws a new block from here.
      onMouseDown={halt}
      onTouchStart={halt}
      onClick={(e) => onPress(e.currentTarget)}
    >
      <IconDots size={14} aria-hidden />
    </button>
  );
}

interface Props extends HTMLAttributes<HTMLDivElement> {
  titleOf: (id: string) => string;
  /** Present when blocks have a menu. */
  onMenu?: OpenMenu;
}

/** Around a grid: what is pointed at is known here, so that the grid is not drawn anew for it. */
export function BlockMenuArea({ titleOf, onMenu, children, ...rest }: Props) {
  const [near, setNear] = useState<{ id: string; beside: HTMLElement } | null>(null);
  if (!onMenu) return <div {...rest}>{children}</div>;
  const notice = (e: SyntheticEvent) => {
    const found = blockAt(e.target);
    const beside = found?.block.parentElement;
    if (found && beside && beside !== near?.beside) setNear({ id: found.id, beside });
  };
  const byPointer = (e: MouseEvent) => {
    const found = blockAt(e.target);
    // A finger that rests on a block drags it.
    const touch = (e.nativeEvent as PointerEvent).pointerType === "touch";
    if (!found || touch) return;
    e.preventDefault();
    onMenu({ id: found.id, x: e.clientX, y: e.clientY, opener: found.block });
  };
  const byKey = (e: KeyboardEvent) => {
    const found = isMenuKey(e) ? blockAt(e.target) : undefined;
    if (!found) return;
    e.preventDefault();
    // A key outside an open menu closes it: this one opens it.
    e.stopPropagation();
    onMenu(below(found.id, found.block));
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it hears what happens on its blocks, which are buttons
    <div
      {...rest}
      onFocus={notice}
      // Not while something is dragged: what is under the pointer then is its image.
      onMouseOver={(e) => e.buttons === 0 && notice(e)}
      onContextMenu={byPointer}
      onKeyDown={byKey}
    >
      {children}
      {near &&
        createPortal(
          <More title={titleOf(near.id)} onPress={(opener) => onMenu(below(near.id, opener))} />,
          near.beside,
          near.id,
        )}
    </div>
  );
}
