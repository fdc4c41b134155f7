// Escape reaches every open dialog at once; a question that lies on a drawer must be the only one to close.
import { useEffect } from "react";

let questions = 0;

/** Counts a question as open for as long as `opened` is true. */
export function useOnTop(opened: boolean) {
  useEffect(() => {
    if (!opened) return;
    questions += 1;
    return () => {
      questions -= 1;
    };
  }, [opened]);
}

/** Closes what lies below, unless a question lies on it. */
export const unlessAsked = (close: () => void) => () => {
  if (questions === 0) close();
};
