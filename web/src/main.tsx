import "./styles/kit.css";
import "./styles/tokens.css";
import "./styles/app.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Root } from "./app/Root";
import { firstLanguage, speak } from "./i18n";

const root = document.getElementById("root");
if (root) {
  await speak(firstLanguage());
  createRoot(root).render(
    <StrictMode>
      <Root />
    </StrictMode>,
  );
}
