import "./styles/kit.css";
import "./styles/tokens.css";
import "./styles/app.css";
import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { IntlProvider } from "use-intl";
import { queryClient } from "./app/queryClient";
import { router } from "./app/router";
import { cssVariables, theme } from "./app/theme";
import en from "./i18n/en.json";
import { browserZone } from "./lib/time";

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
        <IntlProvider locale="en" messages={en} timeZone={browserZone()}>
          <QueryClientProvider client={queryClient}>
            <Notifications position="bottom-right" limit={4} />
            <RouterProvider router={router} />
          </QueryClientProvider>
        </IntlProvider>
      </MantineProvider>
    </StrictMode>,
  );
}
