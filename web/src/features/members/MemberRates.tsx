import { Drawer } from "@mantine/core";
import { useTranslations } from "use-intl";
import type { Member } from "../../api/types";
import { useSession } from "../../app/session";
import { unlessAsked } from "../../components/onTop";
import { RatesPanel } from "../rates/RatesPanel";

/** What an hour of one member costs. */
export function MemberRates({ member, onClose }: { member?: Member; onClose: () => void }) {
  const t = useTranslations("members");
  const { workspace } = useSession();
  return (
    <Drawer
      opened={!!member}
      onClose={unlessAsked(onClose)}
      position="right"
      size={440}
      title={member && t("ratesOf", { name: member.name || member.email })}
    >
      {member && (
        <RatesPanel
          of={{ member_id: member.id }}
          currency={workspace.currency}
          title={t("ratesTitle")}
          hint={t("ratesHint")}
        />
      )}
    </Drawer>
  );
}
