import { useTranslations } from "use-intl";
import type { CalendarEvent } from "../../api/types";

/** Why an event is not offered to be logged, in words; empty when it is. */
export function useHint() {
  const t = useTranslations("billing");
  return (event: CalendarEvent) => {
    const { reason, matched } = event.billable_hint ?? {};
    if (!reason) return "";
    if (reason === "excluded") return t("why.excluded", { matched: said(t, matched) });
    if (reason === "not_included") return t("why.not_included", { matched: said(t, matched) });
    return t(`why.${reason}`);
  };
}

const KINDS = {
  title: "title",
  category: "category",
  provider: "provider",
  "attendee domain": "domain",
} as const;

/** `title: lunch*` with its first word in the person's language. */
function said(t: ReturnType<typeof useTranslations<"billing">>, matched: string | null | undefined) {
  const [kind = "", ...rest] = (matched ?? "").split(": ");
  const word = kind in KINDS ? t(`kind.${KINDS[kind as keyof typeof KINDS]}`) : kind;
  return rest.length > 0 ? `${word}: ${rest.join(": ")}` : word;
}
