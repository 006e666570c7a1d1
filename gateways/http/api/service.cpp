#include "gateways/http/api/service.hpp"

#include <fmt/format.h>

#include "gateways/http/api/terms.hpp"
#include "gateways/http/page.hpp"

namespace http {
namespace {

// Reads /openapi.json, from this same service, and lays it out: operations by context, schemas
// beneath.
constexpr std::string_view docs_body = R"(
<p>The same as <a href="/openapi.json">openapi.json</a>, laid out to be read.
Errors are explained under <a href="/problems">problems</a>.</p>
<p><input id="find" placeholder="Find an operation" size="40" autofocus></p>
<div id="operations">Loading…</div>
<h2>Schemas</h2><div id="schemas"></div>
<script>
const element = (name, text, ...children) => {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  made.append(...children);
  return made;
};
const short = schema => schema.$ref ? schema.$ref.split('/').pop()
  : schema.oneOf || schema.anyOf ? (schema.oneOf || schema.anyOf).map(short).join(' or ')
  : schema.type === 'array' ? 'list of ' + short(schema.items || {})
  : [].concat(schema.type || 'anything').join(' or ')
    + (schema.format ? ' (' + schema.format + ')' : '') + (schema.enum ? ': ' + schema.enum.join(', ') : '');
const row = (...cells) => element('tr', '', ...cells.map(cell => element('td', cell)));
const fields = schema => {
  const table = element('table');
  for (const [name, field] of Object.entries(schema.properties || {}))
    table.append(row(name + ((schema.required || []).includes(name) ? '' : ' (optional)'), short(field), field.description || ''));
  return table;
};
const example = value => element('pre', '', element('code', JSON.stringify(value, null, 2)));
const operation = (document, path, method, what) => {
  const box = element('details');
  box.dataset.text = (method + ' ' + path + ' ' + what.operationId + ' ' + (what.summary || '')).toLowerCase();
  const summary = element('summary');
  const verb = element('span', method.toUpperCase());
  verb.className = 'method';
  summary.append(verb, element('code', path), ' ' + (what.summary || ''));
  box.append(summary);
  if (what.description) box.append(element('p', what.description));
  const parameters = (what.parameters || []).map(p => p.$ref ? document.components.parameters[p.$ref.split('/').pop()] : p);
  if (parameters.length) {
    const table = element('table');
    for (const p of parameters) table.append(row(p.name + (p.required ? '' : ' (optional)'), p.in, p.description || ''));
    box.append(element('h4', 'Parameters'), table);
  }
  const body = what.requestBody && what.requestBody.content['application/json'];
  if (body) {
    box.append(element('h4', 'Body: ' + short(body.schema)));
    const schema = body.schema.$ref ? document.components.schemas[short(body.schema)] : body.schema;
    if (schema.properties) box.append(fields(schema));
    for (const [name, given] of Object.entries(body.examples || {})) box.append(element('p', name), example(given.value));
  }
  const answers = element('table');
  for (const [status, answer] of Object.entries(what.responses)) answers.append(row(status, answer.description));
  box.append(element('h4', 'Answers'), answers);
  return box;
};
fetch('/openapi.json').then(answer => answer.json()).then(document => {
  const target = window.document.getElementById('operations');
  target.textContent = '';
  for (const tag of document.tags) {
    target.append(element('h2', tag.name));
    for (const [path, methods] of Object.entries(document.paths))
      for (const [method, what] of Object.entries(methods))
        if (what.tags.includes(tag.name)) target.append(operation(document, path, method, what));
  }
  for (const [name, schema] of Object.entries(document.components.schemas)) {
    const box = element('details', '', element('summary', name));
    if (schema.description) box.append(element('p', schema.description));
    box.append(fields(schema));
    window.document.getElementById('schemas').append(box);
  }
  window.document.getElementById('find').addEventListener('input', event => {
    const wanted = event.target.value.toLowerCase();
    for (const box of target.querySelectorAll('details')) box.hidden = !box.dataset.text.includes(wanted);
  });
}).catch(error => { window.document.getElementById('operations').textContent = 'The document cannot be read: ' + error; });
</script>
)";

constexpr std::string_view home_body = R"(
<p>An event-sourced platform: post commands, read what follows from them.</p>
<table>
<tr><td><a href="/docs">/docs</a></td><td>Every command and every address, with examples</td></tr>
<tr><td><a href="/openapi.json">/openapi.json</a></td><td>The same for machines</td></tr>
<tr><td><a href="/problems">/problems</a></td><td>What each error means and what to do about it</td></tr>
<tr><td><a href="/checkpoint">/checkpoint</a></td><td>The signed head of the log; <a href="/vkey">/vkey</a>: its key</td></tr>
<tr><td><a href="/readyz">/readyz</a></td><td>Whether this gateway can serve; <a href="/healthz">/healthz</a>: whether it lives</td></tr>
<tr><td><a href="/metrics">/metrics</a></td><td>Counts and times, for Prometheus</td></tr>
</table>
)";

constexpr std::string_view home_json =
    R"({"name":"Construct","docs":"/docs","openapi":"/openapi.json","problems":"/problems","ready":"/readyz","metrics":"/metrics"})";

}  // namespace

Response home_page(const Request& request) {
  if (wants_html(request)) return page("Construct", home_body);
  return {.content_type = content::json, .body = std::string{home_json}};
}

Response docs_page() { return page("API", docs_body); }

Response readiness(const Dependencies& dependencies, const Request& request) {
  if (auto why_not = dependencies.not_ready())
    return refuse(
        {.code = "unavailable", .detail = std::move(*why_not)},
        correlation_of(request, dependencies.now()));
  return {.content_type = content::json, .body = R"({"status":"ready"})"};
}

Response explain_problem(const Call& call, const Dependencies& dependencies) {
  std::string code;
  for (const auto& [name, value] : call.path) code.append(code.empty() ? "" : "/").append(value);
  if (const auto type = problem_type(code))
    return describe_problem(*type, wants_html(call.request));
  return refuse(
      {.code = "not_found", .detail = "There is no such code; /problems lists all."},
      correlation_of(call.request, dependencies.now()));
}

}  // namespace http
