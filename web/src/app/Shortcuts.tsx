import { Kbd, Modal, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { useNav } from "./nav";
import { goKeysOn } from "./useGoKeys";

function Row({ what, children }: { what: string; children: ReactNode }) {
  return (
    <div className="shortcut">
      <dt>{what}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** What `?` shows: every key that does something, and nothing that does not. */
export function Shortcuts({ onClose }: { onClose: () => void }) {
  const t = useTranslations("shortcuts");
  const n = useTranslations("nav");
  const nav = useNav();
  const star = goKeysOn() ? "" : " *";
  return (
    <Modal opened returnFocus={false} onClose={onClose} title={<strong>{t("title")}</strong>} size="lg">
      <Stack gap="md">
        <section aria-labelledby="keys-general">
          <Title order={2} size="h6" id="keys-general">
            {t("general")}
          </Title>
          <dl className="shortcuts">
            <Row what={t("palette")}>
              <Kbd>Ctrl</Kbd> <Kbd>K</Kbd>
            </Row>
            <Row what={t("help") + star}>
              <Kbd>?</Kbd>
            </Row>
            <Row what={t("close")}>
              <Kbd>Esc</Kbd>
            </Row>
          </dl>
        </section>
        <section aria-labelledby="keys-pages">
          <Title order={2} size="h6" id="keys-pages">
            {t("pages") + star}
          </Title>
          <dl className="shortcuts">
            {nav.flatMap(({ items }) =>
              items.map(({ key, go }) => (
                <Row key={key} what={n(key)}>
                  <Kbd>g</Kbd> <span className="dim">{t("then")}</span> <Kbd>{go}</Kbd>
                </Row>
              )),
            )}
          </dl>
        </section>
        {star && (
          <Text size="sm" c="dimmed">
            {t("off")}
          </Text>
        )}
      </Stack>
    </Modal>
  );
}
