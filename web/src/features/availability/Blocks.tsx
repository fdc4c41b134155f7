import { Button, Drawer, Group, Text, Title } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { actions } from "../../api/actions";
import { queries } from "../../api/queries";
import type { Block } from "../../api/types";
import { useAction } from "../../app/useAction";
import { ConfirmDestructive } from "../../components/ConfirmDestructive";
import { QueryState } from "../../components/States";
import { BlockForm } from "./BlockForm";
import { useBlockTime } from "./useBlockTime";

interface Props {
  open: string | undefined;
  set: (block: string | undefined) => void;
}

/** Time that is taken although no calendar says so. */
export function Blocks({ open, set }: Props) {
  const t = useTranslations("availability");
  const blocks = useQuery(queries.blocks());
  const when = useBlockTime();
  const [asking, setAsking] = useState<Block | null>(null);
  const remove = useAction((id: string) => actions.deleteBlock(id), {
    done: t("blockDeleted"),
    invalidate: ["blocks", "availability"],
    onDone: () => setAsking(null),
  });
  const selected = blocks.data?.find((b) => b.id === open);
  const shown = open === "new" || !!selected;
  const nameOf = (b: Block) => b.title || t("blocked");
  return (
    <section className="panel" aria-labelledby="blocks">
      <Group justify="space-between" align="flex-start">
        <div className="grow">
          <Title order={2} size="h5" id="blocks">
            {t("blocks")}
          </Title>
          <Text size="sm" c="dimmed">
            {t("blocksSub")}
          </Text>
        </div>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => set("new")}
        >
          {t("newBlock")}
        </Button>
      </Group>
      <QueryState
        query={blocks}
        isEmpty={(list) => list.length === 0}
        empty={
          <Text size="sm" c="dimmed" mt="sm">
            {t("noBlocks")}
          </Text>
        }
      >
        {(list) => (
          <ul className="rows">
            {list.map((b) => (
              <li key={b.id}>
                <div className="grow">
                  <button type="button" className="rowlink" onClick={() => set(b.id)}>
                    {nameOf(b)}
                  </button>
                  <Text size="xs" c="dimmed" className="num">
                    {when(b)}
                  </Text>
                </div>
                <Button
                  size="compact-xs"
                  variant="outline"
                  className="dangerbtn"
                  onClick={() => setAsking(b)}
                >
                  {t("delete")}
                  <span className="sr"> {nameOf(b)}</span>
                </Button>
              </li>
            ))}
          </ul>
        )}
      </QueryState>
      <Drawer
        opened={shown}
        onClose={() => set(undefined)}
        position="right"
        title={open === "new" ? t("newBlock") : t("editBlock")}
        size={420}
      >
        {shown && <BlockForm key={open} block={selected} onDone={() => set(undefined)} />}
      </Drawer>
      <ConfirmDestructive
        what={
          asking && {
            title: t("deleteTitle", { name: nameOf(asking) }),
            action: t("delete"),
            goes: [when(asking)],
            stays: [t("staysEvents")],
          }
        }
        busy={remove.isPending}
        onConfirm={() => asking && remove.mutate(asking.id)}
        onClose={() => setAsking(null)}
      />
    </section>
  );
}
