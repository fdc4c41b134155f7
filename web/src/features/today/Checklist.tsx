import { Button, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";

/** First run: the page is the way in. */
export function Checklist() {
  const t = useTranslations("checklist");
  const steps = ["connect", "choose", "log"] as const;
  return (
    <section className="panel" aria-labelledby="start">
      <Text fw={620} size="lg" component="h2" id="start" m={0}>
        {t("title")}
      </Text>
      <ol className="steps">
        {steps.map((step, index) => (
          <li key={step}>
            <Text fw={600}>{t(`${step}.title`)}</Text>
            <Text size="sm" c="dimmed">
              {t(`${step}.text`)}
            </Text>
            {index === 0 && (
              <Button component={Link} to="/integrations/connect/google" mt="xs" mr="xs">
                {t("google")}
              </Button>
            )}
            {index === 0 && (
              <Button component={Link} to="/integrations" mt="xs" variant="default">
                {t("other")}
              </Button>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}
