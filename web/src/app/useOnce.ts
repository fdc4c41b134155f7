import { useRef } from "react";
import { Once } from "../lib/once";

/** The keys of an opened form or of a drag: `keyFor` what is sent, `done` when it was done. */
export function useOnce(): Once {
  const kept = useRef<Once | null>(null);
  kept.current ??= new Once();
  return kept.current;
}
