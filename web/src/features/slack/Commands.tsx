import { Title } from "@mantine/core";
import { useTranslations } from "use-intl";

/** What is typed in Slack, as it is; only what it does is translated. */
const COMMANDS = [
  ["/time 1h30 Review #website", "log"],
  ["/time 45m Call yesterday", "day"],
  ["/time", "form"],
  ["/time today", "today"],
  ["/time undo", "undo"],
  ["/time help", "help"],
] as const;

/** What can be typed in Slack. */
export function Commands() {
  const t = useTranslations("slack");
  return (
    <section className="panel" aria-labelledby="slack-commands">
      <Title order={2} size="h5" id="slack-commands">
        {t("commands")}
      </Title>
      <dl className="commands">
        {COMMANDS.map(([typed, does]) => (
          <div key={typed}>
            <dt>
              <code>{typed}</code>
            </dt>
            <dd>{t(`command.${does}`)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
