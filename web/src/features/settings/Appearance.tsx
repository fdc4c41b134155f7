import { SegmentedControl, Stack, Switch, Text, Title, useMantineColorScheme } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { goKeysOn, setGoKeys } from "../../app/useGoKeys";
import { CLOCKS } from "../../lib/clock";
import { useClock, useWeekStart } from "../../lib/prefs";
import { WEEK_STARTS } from "../../lib/week";

const SCHEMES = ["auto", "light", "dark"] as const;

interface Props<T extends string> {
  id: string;
  label: string;
  hint?: string;
  value: T;
  options: { value: T; label: string }[];
  onChange: (value: T) => void;
}

function Chosen<T extends string>({ id, label, hint, value, options, onChange }: Props<T>) {
  return (
    <div>
      <Text size="sm" fw={500} id={id} mb={4}>
        {label}
      </Text>
      <SegmentedControl
        aria-labelledby={id}
        aria-describedby={hint && `${id}-hint`}
        value={value}
        onChange={onChange}
        data={options}
      />
      {hint && (
        <Text size="xs" c="dimmed" mt={4} id={`${id}-hint`}>
          {hint}
        </Text>
      )}
    </div>
  );
}

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
        <Chosen
          id="theme"
          label={t("theme")}
          value={colorScheme}
          options={SCHEMES.map((value) => ({ value, label: t(`themes.${value}`) }))}
          onChange={setColorScheme}
        />
        <Chosen
          id="clock"
          label={t("clock")}
          value={clock}
          options={CLOCKS.map((value) => ({ value, label: t(`clocks.h${value}`) }))}
          onChange={setClock}
        />
        <Chosen
          id="weekstart"
          label={t("weekStart")}
          hint={t("weekStartHint")}
          value={weekStart}
          options={WEEK_STARTS.map((value) => ({ value, label: t(`weekStarts.${value}`) }))}
          onChange={setWeekStart}
        />
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
