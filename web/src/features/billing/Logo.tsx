import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { IconPhotoUp } from "@tabler/icons-react";
import { useId, useRef, useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import type { Billing } from "../../api/types";
import { useAction } from "../../app/useAction";
import { base64Of } from "../../lib/base64";

const MOST_BYTES = 150 * 1024;
const KINDS = ["image/png", "image/jpeg"];

/** The picture at the head of invoices: shown, replaced, taken away. */
export function Logo({ billing }: { billing: Billing }) {
  const t = useTranslations("billingSettings");
  const id = useId();
  const picker = useRef<HTMLInputElement>(null);
  const [refused, setRefused] = useState("");
  const [shown, setShown] = useState(0);
  const set = useAction((data: string) => actions.setLogo(data), {
    done: t("logoSaved"),
    invalidate: ["billing"],
    onDone: () => setShown((n) => n + 1),
    onFail: (error) => {
      setRefused(error.errors[0] ? t("logoRefused", { why: error.errors[0].detail }) : error.message);
      return true;
    },
  });
  const remove = useAction(() => actions.removeLogo(), { done: t("logoRemoved"), invalidate: ["billing"] });
  const take = async (file: File | undefined) => {
    if (!file) return;
    const fits = KINDS.includes(file.type) && file.size <= MOST_BYTES;
    setRefused(fits ? "" : t("logoBad", { kind: file.type || "?", size: Math.ceil(file.size / 1024) }));
    if (fits) set.mutate(base64Of(new Uint8Array(await file.arrayBuffer())));
  };
  return (
    <section className="panel" aria-labelledby={id}>
      <Stack gap="sm" align="flex-start">
        <Title order={2} size="h5" id={id}>
          {t("logo")}
        </Title>
        {billing.has_logo ? (
          <div className="logobox">
            <img src={`/api/v1/workspace/billing/logo?shown=${shown}`} alt={t("logoAlt")} />
          </div>
        ) : (
          <Text size="sm" c="dimmed">
            {t("noLogo")}
          </Text>
        )}
        {refused && (
          <Text size="sm" className="bad" role="alert">
            {refused}
          </Text>
        )}
        <input
          ref={picker}
          type="file"
          className="sr"
          tabIndex={-1}
          aria-label={t("logoFile")}
          accept={KINDS.join(",")}
          onChange={(e) => {
            void take(e.currentTarget.files?.[0]);
            e.currentTarget.value = "";
          }}
        />
        <Group gap="xs">
          <Button
            variant="default"
            leftSection={<IconPhotoUp size={16} aria-hidden />}
            loading={set.isPending}
            onClick={() => picker.current?.click()}
          >
            {billing.has_logo ? t("logoReplace") : t("logoChoose")}
          </Button>
          {billing.has_logo && (
            <Button
              variant="outline"
              className="dangerbtn"
              loading={remove.isPending}
              onClick={() => remove.mutate(undefined)}
            >
              {t("logoRemove")}
            </Button>
          )}
        </Group>
        <Text size="xs" c="dimmed">
          {t("logoHint")}
        </Text>
      </Stack>
    </section>
  );
}
