import { useState } from "react";
import { useTranslations } from "use-intl";
import type { ApiError } from "../../api/client";
import { showFieldErrors } from "../../app/formErrors";

/** Nothing is known of what became of it: it may be sent again. */
const UNANSWERED = ["provider_unreachable", "timeout", "offline"];

export interface Said {
  text: string;
  mustNotify: boolean;
  again: boolean;
}

type Form = Parameters<typeof showFieldErrors>[0];

/** What the server said of a write: beside the fields it points at, and as a sentence where there is no field. */
export function useProblems() {
  const t = useTranslations("eventForm");
  const [problem, setProblem] = useState<Said | null>(null);
  const show = (error: ApiError, form?: Form) => {
    const beside = form ? showFieldErrors(form, error) : false;
    const mustNotify = error.code === "attendees_always_notified";
    const again = UNANSWERED.includes(error.code);
    const known = again ? t("again") : { event_changed: t("changed"), event_gone: t("gone") }[error.code];
    const details = form ? [] : error.errors.map((e) => e.detail);
    const said = [error.message, ...details.filter((d) => d !== error.message)].join(" ");
    setProblem(beside && !mustNotify ? null : { text: known ? `${said} ${known}` : said, mustNotify, again });
    return true;
  };
  return { problem, show, clear: () => setProblem(null) };
}
