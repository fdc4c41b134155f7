import { SegmentedControl, Stack, Switch, Text, Title, useMantineColorScheme } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { goKeysOn, setGoKeys } from "../../app/useGoKeys";
import { CLOCKS } from "../../lib/clock";
import { useClock, useWeekStart } from "../../lib/prefs";
import { oneOf } from "../../lib/url";
import { WEEK_STARTS } from "../../lib/week";

type Scheme = "auto" | "light" | "dark";

export function Appearance() {
  const t = useTranslations("settings");
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [clock, setClock] = useClock();
  const [weekStart, setWeekStart] = useWeekStart();
  const [keys, setKeys] = useState(goKeysOn);
  return (
    <section className="panel" aria-labelledby="appearance">
      <Stack gap="sm" align="flex-start">
        <Title order={2} size="h5" id="appearance">
          {t("appearance")}
        </Title>
        <div>
          <Text size="sm" fw={500} id="theme" mb={4}>
            {t("theme")}
          </Text>
          <SegmentedControl
            aria-labelledby="theme"
            value={colorScheme}
            onChange={(value) => setColorScheme(value as Scheme)}
            data={(["auto", "light", "dark"] as const).map((value) => ({
              value,
              label: t(`themes.${value}`),
            }))}
          />
        </div>
        <div>
          <Text size="sm" fw={500} id="clock" mb={4}>
            {t("clock")}
          </Text>
          <SegmentedControl
            aria-labelledby="clock"
            value={clock}
            onChange={(value) => setClock(value === "12" ? "12" : "24")}
            data={CLOCKS.map((value) => ({ value, label: t(`clocks.h${value}`) }))}
          />
        </div>
        <div>
          <Text size="sm" fw={500} id="weekstart" mb={4}>
            {t("weekStart")}
          </Text>
          <SegmentedControl
            aria-labelledby="weekstart"
            aria-describedby="weekstart-hint"
            value={weekStart}
            onChange={(value) => setWeekStart(oneOf(value, WEEK_STARTS) ?? "monday")}
            data={WEEK_STARTS.map((value) => ({ value, label: t(`weekStarts.${value}`) }))}
          />
          <Text size="xs" c="dimmed" mt={4} id="weekstart-hint">
            {t("weekStartHint")}
          </Text>
        </div>
        <Switch
          label={t("goKeys")}
          description={t("goKeysHint")}
          checked={keys}
          onChange={(e) => {
            setGoKeys(e.currentTarget.checked);
            setKeys(e.currentTarget.checked);
          }}
        />
      </Stack>
    </section>
  );
}
