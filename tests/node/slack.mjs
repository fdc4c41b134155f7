// Slack's own client (npm @slack/web-api) against the simulated Slack: what it sends is understood, what it gets it understands.
//
//   node tests/node/slack.mjs BASE_URL BOT_TOKEN USER_ID CLIENT_ID CLIENT_SECRET CODE REDIRECT_URI
import assert from "node:assert/strict";
import { ErrorCode, WebClient } from "@slack/web-api";

const [base, token, user, clientId, clientSecret, code, redirectUri] = process.argv.slice(2);
const options = { slackApiUrl: `${base}/api/`, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true };
const slack = new WebClient(token, options);

const who = await slack.auth.test();
assert.ok(who.ok && who.bot_id && who.team_id);

const person = await slack.users.info({ user });
assert.equal(person.user.id, user);
const found = await slack.users.lookupByEmail({ email: person.user.profile.email });
assert.equal(found.user.id, user);

const { channel } = await slack.conversations.open({ users: user });
const blocks = [
  { type: "section", text: { type: "mrkdwn", text: "*Hello* from the client" } },
  {
    type: "actions",
    elements: [{ type: "button", action_id: "a", value: "1", text: { type: "plain_text", text: "Button" } }],
  },
];
const posted = await slack.chat.postMessage({ channel: channel.id, text: "Hello", blocks, unfurl_links: false });
assert.match(posted.ts, /^\d+\.\d{6}$/);
const changed = await slack.chat.update({ channel: channel.id, ts: posted.ts, text: "Hello again", blocks });
assert.equal(changed.text, "Hello again");
const ephemeral = await slack.chat.postEphemeral({ channel: channel.id, user, text: "Only you" });
assert.ok(ephemeral.message_ts);

const home = await slack.views.publish({ user_id: user, view: { type: "home", blocks } });
assert.equal(home.view.type, "home");

const refused = await slack.views
  .open({
    trigger_id: "1.2.abc",
    view: { type: "modal", title: { type: "plain_text", text: "x" }, blocks },
  })
  .catch((error) => error);
assert.equal(refused.code, ErrorCode.PlatformError);
assert.equal(refused.data.error, "invalid_trigger_id");

const wrong = await slack.chat
  .postMessage({ channel: channel.id, text: "x", blocks: [{ type: "banner" }], unfurl_links: false })
  .catch((error) => error);
assert.equal(wrong.data.error, "invalid_blocks");
assert.ok(wrong.data.response_metadata.messages[0].includes("/blocks/0"));

const installed = await new WebClient(undefined, options).oauth.v2.access({
  client_id: clientId,
  client_secret: clientSecret,
  code,
  redirect_uri: redirectUri,
});
assert.equal(installed.token_type, "bot");
assert.ok(installed.bot_user_id && installed.authed_user.id);

// The installation has a new token now: the old one is dead, the new one is limited and then revoked.
const old = await slack.auth.test().catch((error) => error);
assert.equal(old.data.error, "token_revoked");
const fresh = new WebClient(installed.access_token, options);
let limited;
for (let n = 0; n < 60 && !limited; n += 1) {
  limited = await fresh.users.lookupByEmail({ email: person.user.profile.email }).then(
    () => undefined,
    (error) => error,
  );
}
assert.equal(limited.code, ErrorCode.RateLimitedError);
assert.ok(limited.retryAfter >= 1);
assert.equal((await fresh.auth.revoke()).revoked, true);
console.log("every call was understood");
