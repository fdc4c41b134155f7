import { Text } from "@mantine/core";
import { useTranslations } from "use-intl";
import type { BillingPreview as Preview } from "../../api/types";
import { useTimeZone } from "../../app/session";
import { dateIn, formatDate } from "../../lib/time";
import { useHint } from "../calendar/useHint";

const MOST = 5;

interface Props {
  preview: Preview | undefined;
  problem: string | null;
  /** These are the numbers of what was chosen before; new ones are on their way. */
  old: boolean;
}

/** "Would show 14 of the 30 meetings of the last 30 days", and the newest of the others. */
export function BillingPreview({ preview, problem, old }: Props) {
  const t = useTranslations("billing");
  const u = useTranslations("events");
  const timeZone = useTimeZone();
  const hint = useHint();
  return (
    <div className="preview" aria-live="polite" aria-busy={old}>
      {problem ? (
        <Text size="sm">{problem}</Text>
      ) : (
        <Text size="sm" fw={600} className="num">
          {preview ? t("preview", { shown: preview.shown, billable: preview.billable }) : t("counting")}
        </Text>
      )}
      {!problem && preview && preview.left_out.length > 0 && (
        <>
          <Text size="xs" c="dimmed" mt={4}>
            {t("leftOut")}
          </Text>
          <ul className="plainlist">
            {preview.left_out.slice(0, MOST).map((event) => (
              <li key={event.id}>
                <Text size="sm" component="span" className="breakable">
                  {event.title || u("untitled")}
                </Text>{" "}
                <Text size="xs" c="dimmed" component="span" className="num">
                  {formatDate(dateIn(event.start, timeZone), {
                    weekday: "short",
                    day: "numeric",
                    month: "short",
                  })}
                  {" · "}
                  {hint(event)}
                </Text>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
