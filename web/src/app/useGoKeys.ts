import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { useNav } from "./nav";

const STORE = "daybook-go-keys";
export const goKeysOn = () => localStorage.getItem(STORE) !== "off";
export const setGoKeys = (on: boolean) => localStorage.setItem(STORE, on ? "on" : "off");

const TYPING = "input, textarea, select, [contenteditable], [role=dialog], [role=menu]";

/** `g` and then a letter goes to a page, `?` asks for the list of keys. Single-key shortcuts can be switched off in Settings (WCAG 2.1.4). */
export function useGoKeys(onHelp: () => void) {
  const navigate = useNavigate();
  const nav = useNav();
  useEffect(() => {
    let armed = 0;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !goKeysOn()) return;
      if (event.target instanceof Element && event.target.closest(TYPING)) return;
      if (event.key === "?") {
        event.preventDefault();
        onHelp();
        return;
      }
      if (event.key === "g") {
        armed = event.timeStamp;
        return;
      }
      const page = nav.flatMap((group) => [...group.items]).find((item) => item.go === event.key);
      if (page && armed && event.timeStamp - armed < 1500) {
        event.preventDefault();
        void navigate({ to: page.to });
      }
      armed = 0;
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [navigate, onHelp, nav]);
}
