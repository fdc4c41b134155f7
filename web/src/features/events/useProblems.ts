import { useState } from "react";
import { useTranslations } from "use-intl";
import type { ApiError } from "../../api/client";
import { showFieldErrors } from "../../app/formErrors";

type Form = Parameters<typeof showFieldErrors>[0];

/** What the server said of a write: beside the fields it points at, and as a sentence where there is no field. */
export function useProblems() {
  const t = useTranslations("eventForm");
  const [problem, setProblem] = useState<{ text: string; mustNotify: boolean } | null>(null);
  const show = (error: ApiError, form?: Form) => {
    const beside = form ? showFieldErrors(form, error) : false;
    const mustNotify = error.code === "attendees_always_notified";
    const known = { event_changed: t("changed"), event_gone: t("gone") }[error.code];
    const details = form ? [] : error.errors.map((e) => e.detail);
    const said = [error.message, ...details.filter((d) => d !== error.message)].join(" ");
    setProblem(beside && !mustNotify ? null : { text: known ? `${said} ${known}` : said, mustNotify });
    return true;
  };
  return { problem, show, clear: () => setProblem(null) };
}
