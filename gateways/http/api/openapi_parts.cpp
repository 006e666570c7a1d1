#include "gateways/http/api/openapi_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "gateways/http/problem.hpp"
#include "gateways/http/router.hpp"
#include "schemas/json_schema.hpp"

namespace http::openapi_parts {
namespace {

Json string_schema(std::string_view description, std::string_view example) {
  return {{"type", "string"}, {"description", description}, {"examples", {example}}};
}

// What commands, facts and rows are made of, through all depths.
void add_parts(
    const schemas::Table& table,
    std::set<std::string>& named,
    std::vector<const schemas::Table*>& tables) {
  if (!named.insert(table.name).second) return;
  tables.push_back(&table);
  for (const auto& field : table.fields)
    if (field.type.table) add_parts(*field.type.table, named, tables);
}

Json problem_schema() {
  return {
      {"type", "object"},
      {"description",
       "A problem document (RFC 9457). A rejection may have further members, which are numbers, "
       "such as `available`."},
      {"required",
       {"type", "title", "status", "code", "detail", "fields", "retryable", "correlation_id"}},
      {"properties",
       {{"type",
         {{"type", "string"},
          {"description", "An address of this service that explains the code."}}},
        {"title", {{"type", "string"}}},
        {"status", {{"type", "integer"}}},
        {"code", {{"type", "string"}, {"description", "Stable; decide by it."}}},
        {"detail", {{"type", "string"}}},
        {"fields",
         {{"type", "array"},
          {"items",
           {{"type", "object"},
            {"required", {"path", "message"}},
            {"properties",
             {{"path",
               {{"type", "string"},
                {"description", "A JSON pointer into the body, or header/<name>, query/<name>."}}},
              {"message", {{"type", "string"}}}}}}}}},
        {"retryable",
         {{"type", "boolean"}, {"description", "Whether the same request may yet succeed."}}},
        {"correlation_id", {{"type", "string"}}},
        {"stream", {{"type", "string"}, {"description", "Of a rejection: the aggregate's."}}},
        {"version",
         {{"type", "integer"}, {"description", "Of stale_version: the one that it has."}}},
        {"idempotency_key",
         {{"type", "string"},
          {"description", "Of outcome_unknown: the one with which asking again is safe."}}}}},
      {"additionalProperties", true}};
}

Json accepted_schema() {
  return {
      {"type", "object"},
      {"required", {"position", "stream", "version", "events"}},
      {"properties",
       {{"position",
         string_schema(
             "Where the log stands with it; for Construct-Min-Position.", "5f0c2a91-1204")},
        {"stream", string_schema("The aggregate.", "inventory/StockItem/sku-1")},
        {"version", {{"type", "integer"}, {"description", "The aggregate's version with it."}}},
        {"events",
         {{"type", "array"},
          {"items", {{"type", "string"}}},
          {"description", "The facts recorded; none when there was nothing to do."}}}}}};
}

Json fact_schema() {
  Json schema{{"type", "object"}, {"required", {"version", "position", "type", "time", "data"}}};
  auto& properties = schema["properties"];
  properties["version"] = {{"type", "integer"}};
  for (const auto* name :
       {"position",
        "type",
        "time",
        "actor",
        "command",
        "command_id",
        "correlation_id",
        "causation_id"})
    properties[name] = {{"type", "string"}};
  properties["time"]["format"] = "date-time";
  properties["data"] = {
      {"type", {"object", "null"}}, {"description", "As the schema that `type` names."}};
  return schema;
}

Json header_parameter(std::string_view name, std::string_view description) {
  return {
      {"name", name},
      {"in", "header"},
      {"description", description},
      {"schema", {{"type", "string"}}}};
}

Json query_parameter(std::string_view name, std::string_view description, Json schema) {
  return {
      {"name", name}, {"in", "query"}, {"description", description}, {"schema", std::move(schema)}};
}

}  // namespace

Json reference(std::string_view kind, std::string_view name) {
  return {{"$ref", fmt::format("#/components/{}/{}", kind, name)}};
}

Json answer_headers(std::initializer_list<std::string_view> names) {
  Json headers;
  for (const auto name : names) headers[std::string{name}] = reference("headers", name);
  return headers;
}

Json media(std::string_view type, std::string_view schema) {
  return {{std::string{type}, {{"schema", reference("schemas", schema)}}}};
}

void add_problems(Json& responses, std::vector<std::string> codes) {
  std::map<unsigned, std::set<std::string>> by_status;
  for (auto& code : codes) by_status[status_of(code)].insert(std::move(code));
  for (const auto& [status, group] : by_status) {
    // The status again, so that a typed client can tell the codes of one from those of another.
    Json schema{
        {"allOf",
         {reference("schemas", "Problem"),
          {{"type", "object"},
           {"properties",
            {{"status", {{"type", "integer"}, {"const", status}}},
             {"code", {{"type", "string"}, {"enum", group}}}}}}}}};
    Json response{
        {"description", fmt::format("{}", fmt::join(group, ", "))},
        {"headers", answer_headers({"Construct-Correlation-Id"})},
        {"content", {{"application/problem+json", {{"schema", std::move(schema)}}}}}};
    if (status == 503 || status == 429)
      response["headers"]["Retry-After"] = reference("headers", "Retry-After");
    responses[std::to_string(status)] = std::move(response);
  }
}

std::string operation_id(std::string_view method, std::string_view pattern) {
  std::string id{method};
  std::ranges::transform(id, id.begin(), [](char c) { return static_cast<char>(c | 0x20); });
  for (const char c : pattern) {
    if (c == '{' || c == '}') continue;
    const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    id += word ? c : '_';
  }
  return id;
}

Json path_parameters(std::string_view pattern, const schemas::Table* table) {
  auto parameters = Json::array();
  for (const auto& name : parameters_of(pattern)) {
    Json parameter{
        {"name", name}, {"in", "path"}, {"required", true}, {"schema", {{"type", "string"}}}};
    if (const auto* field = table ? table->field(name) : nullptr) {
      if (!field->comment.empty()) parameter["description"] = field->comment;
      if (!field->example.empty()) parameter["example"] = field->example;
    }
    parameters.push_back(std::move(parameter));
  }
  return parameters;
}

Json schemas_of(const schemas::Schema& schema) {
  std::set<std::string> named;
  std::vector<const schemas::Table*> tables;
  for (const auto& table : schema.tables()) {
    using schemas::Role;
    if (table.role == Role::command || table.role == Role::fact || table.role == Role::row)
      add_parts(table, named, tables);
  }
  Json all;
  for (const auto* table : tables) all[table->name] = schemas::json_schema(*table);
  all["Problem"] = problem_schema();
  all["CommandAccepted"] = accepted_schema();
  all["StoredFact"] = fact_schema();
  auto& event = all["AuditEvent"] = fact_schema();
  event["required"].push_back("commit");
  event["properties"]["commit"] = {{"type", "integer"}, {"description", "The commit's number."}};
  event["properties"]["stream"] = {{"type", {"string", "null"}}};
  event["properties"]["rejection"] = {
      {"type", "string"}, {"description", "Of a commit without facts: why it was refused."}};
  return all;
}

Json shared_parameters() {
  const Json text{{"type", "string"}};
  return {
      {"idempotency_key",
       header_parameter(
           "Idempotency-Key",
           "1 to 255 visible ASCII characters. The same command with the same key takes "
           "effect once, for ever. Always returned; made when absent.")},
      {"if_match",
       header_parameter(
           "If-Match",
           "The ETag of the row or answer the command is based on, or its version "
           "alone in quotes: another version now is stale_version.")},
      {"correlation_id",
       header_parameter(
           "Construct-Correlation-Id", "Ties together what belongs together in the log.")},
      {"if_none_match",
       header_parameter("If-None-Match", "The ETag at hand: 304 when it is still right.")},
      {"construct_min_position",
       header_parameter(
           "Construct-Min-Position",
           "Wait until the view has this Construct-Position; may be repeated.")},
      {"prefer",
       header_parameter(
           "Prefer",
           "wait=N: wait up to N seconds, 30 at most, for Construct-Min-Position; else 2.")},
      {"last_event_id",
       header_parameter(
           "Last-Event-ID",
           "With Accept: text/event-stream: the id of the last event that was seen. The stream "
           "goes "
           "on from there, or begins anew with `reset`.")},
      {"min_position", query_parameter("min_position", "As Construct-Min-Position.", text)},
      {"limit",
       query_parameter(
           "limit",
           "How many items a page has.",
           {{"type", "integer"}, {"minimum", 1}, {"maximum", 500}, {"default", 50}})},
      {"cursor", query_parameter("cursor", "The next_cursor of the page before.", text)}};
}

Json shared_headers() {
  const auto header = [](std::string_view description) {
    return Json{{"description", description}, {"schema", {{"type", "string"}}}};
  };
  return {
      {"Construct-Position", header("Where the log, or the view, stands with this answer.")},
      {"Construct-Correlation-Id",
       header("Ties together what belongs together in the log: the client's, or one made for it.")},
      {"ETag",
       header("\"version-position\" of the row or aggregate; of a row that is set aside, "
              "\"version-position-q\".")},
      {"Construct-Quarantined",
       header("true when the row is as it was before a fact that the view could not apply; it is "
              "shown "
              "again as the log says once the operator has mended the view.")},
      {"Construct-Quarantined-Keys",
       header("How many keys of the view are set aside; absent when none is.")},
      {"Idempotency-Key", header("The command's key: the client's, or the one made for it.")},
      {"Idempotent-Replayed", header("true when an earlier delivery of the command did it.")},
      {"Location", header("Where the thing that was created can be read.")},
      {"Retry-After", header("In how many seconds to ask again.")}};
}

}  // namespace http::openapi_parts
