import { Modal } from "@mantine/core";
import type { ReactNode } from "react";
import { useOnTop } from "./onTop";

interface Props {
  /** Shown while there is one. */
  title: ReactNode | null;
  onClose: () => void;
  children: ReactNode;
}

/** A question or a small form on top of the page. */
export function Dialog({ title, onClose, children }: Props) {
  useOnTop(title !== null);
  return (
    <Modal opened={title !== null} onClose={onClose} title={<strong>{title}</strong>} returnFocus>
      {title !== null && children}
    </Modal>
  );
}
