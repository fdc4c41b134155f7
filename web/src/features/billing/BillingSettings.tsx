import { Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { queries } from "../../api/queries";
import { useIsAdmin, useSession } from "../../app/session";
import { PageHeader } from "../../components/PageHeader";
import { EmptyState, QueryState, Skeletons } from "../../components/States";
import { RatesPanel } from "../rates/RatesPanel";
import { BankForm } from "./BankForm";
import { Defaults } from "./Defaults";
import { Logo } from "./Logo";
import { Numbers } from "./Numbers";
import { SellerForm } from "./SellerForm";
import { TimePolicy } from "./TimePolicy";
import "./billing.css";

function Parts() {
  const t = useTranslations("billingSettings");
  const { workspace } = useSession();
  const billing = useQuery(queries.billing());
  return (
    <QueryState query={billing} skeleton={<Skeletons rows={6} height={90} />}>
      {(found) => (
        <div className="halves">
          <Stack gap="md">
            <SellerForm billing={found} />
            <BankForm billing={found} />
            <Logo billing={found} />
            <TimePolicy />
          </Stack>
          <Stack gap="md">
            <Numbers billing={found} />
            <Defaults billing={found} />
            <RatesPanel of={{}} currency={workspace.currency} title={t("rates")} hint={t("ratesHint")} />
          </Stack>
        </div>
      )}
    </QueryState>
  );
}

/** What the workspace prints on invoices, how it numbers them, and what an hour costs when nothing else says so. */
export function BillingSettings() {
  const t = useTranslations("billingSettings");
  const a = useTranslations("admin");
  const admin = useIsAdmin();
  return (
    <Stack gap="md">
      <PageHeader title={t("title")} sub={t("sub")} />
      {admin ? <Parts /> : <EmptyState title={a("notYours")} text={a("notYoursText")} />}
    </Stack>
  );
}
