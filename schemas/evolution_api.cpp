#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <utility>

#include "schemas/evolution.hpp"

namespace schemas {
namespace {

using Json = nlohmann::json;

// Who sends a body: what clients send may come to be taken more freely, what they get may only grow
// stricter.
enum class Sender { client, server };

// A member of an object, or null's stand-in where there is none.
const Json& member(const Json& node, std::string_view name) {
  static const Json none;
  const auto found = node.is_object() ? node.find(name) : node.end();
  return found == node.end() ? none : *found;
}

// What a "$ref" into the same document points to, or the node itself.
const Json& resolve(const Json& document, const Json& node) {
  const Json* at = &node;
  for (int hops = 0; hops < 16; ++hops) {
    const auto& reference = member(*at, "$ref");
    if (!reference.is_string() || !reference.get_ref<const std::string&>().starts_with('#')) break;
    at = &document.at(Json::json_pointer{reference.get_ref<const std::string&>().substr(1)});
  }
  return *at;
}

// A JSON Schema with its references followed and its alternatives laid over each other.
struct Shape {
  std::set<std::string> types;  // empty: anything
  std::set<std::string> names;  // of an enum; empty: anything
  std::string format;
  std::map<std::string, const Json*> fields;
  std::set<std::string> required;
  const Json* items = nullptr;
};

void add(Shape& shape, const Json& document, const Json& schema) {
  const auto& node = resolve(document, schema);
  for (const auto* choice : {"anyOf", "oneOf", "allOf"})
    for (const auto& alternative : member(node, choice)) add(shape, document, alternative);
  const auto& type = member(node, "type");
  if (type.is_string()) shape.types.insert(type.get<std::string>());
  if (type.is_array()) shape.types.insert(type.begin(), type.end());
  for (const auto& value : member(node, "enum"))
    if (value.is_string()) shape.names.insert(value.get<std::string>());
  if (const auto& format = member(node, "format"); format.is_string())
    shape.format = format.get<std::string>();
  for (const auto& [name, field] : member(node, "properties").items()) shape.fields[name] = &field;
  for (const auto& name : member(node, "required")) shape.required.insert(name.get<std::string>());
  if (const auto& items = member(node, "items"); items.is_object()) shape.items = &items;
}

class ApiGate {
 public:
  ApiGate(const Json& released, const Json& current) : released_{released}, current_{current} {}

  std::vector<std::string> run() {
    for (const auto& [path, operations] : member(released_, "paths").items())
      for (const auto& [method, was] : operations.items()) {
        if (!methods.contains(method)) continue;
        operation_ = fmt::format("{} {}", upper(method), path);
        const auto& now = member(member(member(current_, "paths"), path), method);
        if (now.is_null())
          breach("the operation", "was removed; keep it");
        else
          check(path, was, now);
      }
    return std::move(breaches_);
  }

 private:
  // By where a parameter is and its name: "query limit".
  using Parameters = std::map<std::string, const Json*>;

  inline static const std::set<std::string, std::less<>> methods = {
      "get", "put", "post", "delete", "options", "head", "patch", "trace"};

  static std::string upper(std::string text) {
    for (char& c : text) c = static_cast<char>(c - 'a' + 'A');
    return text;
  }

  void check(const std::string& path, const Json& was, const Json& now) {
    const auto parameters_now = parameters(current_, path, now);
    const auto parameters_were = parameters(released_, path, was);
    for (const auto& [name, parameter] : parameters_were) {
      const auto same = parameters_now.find(name);
      if (same == parameters_now.end())
        breach("parameter " + name, "was removed; keep it");
      else
        check_parameter(name, *parameter, *same->second);
    }
    for (const auto& [name, parameter] : parameters_now)
      if (!parameters_were.contains(name) && is_required(*parameter))
        breach("parameter " + name, "is new and required; make it optional");

    check_request(
        resolve(released_, member(was, "requestBody")),
        resolve(current_, member(now, "requestBody")));
    for (const auto& [status, response] : member(was, "responses").items()) {
      const auto& same = resolve(current_, member(member(now, "responses"), status));
      if (same.is_null())
        breach("status " + status, "was removed; keep it");
      else
        check_response(status, resolve(released_, response), same);
    }
  }

  static Parameters parameters(
      const Json& document, const std::string& path, const Json& operation) {
    Parameters found;
    for (const auto* list :
         {&member(member(member(document, "paths"), path), "parameters"),
          &member(operation, "parameters")})
      for (const auto& item : *list) {
        const auto& parameter = resolve(document, item);
        found[fmt::format(
            "{} {}",
            parameter.at("in").get<std::string>(),
            parameter.at("name").get<std::string>())] = &parameter;
      }
    return found;
  }

  static bool is_required(const Json& node) { return member(node, "required") == true; }

  void check_parameter(const std::string& name, const Json& was, const Json& now) {
    if (!is_required(was) && is_required(now))
      breach("parameter " + name, "was optional and is now required; leave it optional");
    check_schema(Sender::client, "parameter " + name, member(was, "schema"), member(now, "schema"));
  }

  void check_request(const Json& was, const Json& now) {
    if (!is_required(was) && is_required(now))
      breach("the request's body", "was optional and is now required; leave it optional");
    check_content(Sender::client, "the request", member(was, "content"), member(now, "content"));
  }

  void check_response(const std::string& status, const Json& was, const Json& now) {
    for (const auto& [name, header] : member(was, "headers").items())
      if (!member(now, "headers").contains(name))
        breach(fmt::format("header {} of {}", name, status), "was removed; keep it");
    check_content(
        Sender::server, "the response " + status, member(was, "content"), member(now, "content"));
  }

  void check_content(Sender sender, const std::string& where, const Json& was, const Json& now) {
    for (const auto& [type, body] : was.items()) {
      const auto& same = member(now, type);
      if (same.is_null())
        breach(fmt::format("{} as {}", where, type), "was removed; keep it");
      else
        check_schema(sender, where, member(body, "schema"), member(same, "schema"));
    }
  }

  void check_schema(Sender sender, const std::string& where, const Json& was, const Json& now) {
    // A table that contains itself comes round to the same pair.
    const auto pair = std::pair{&resolve(released_, was), &resolve(current_, now)};
    if (!open_.insert(pair).second) return;
    Shape before, after;
    add(before, released_, was);
    add(after, current_, now);
    check_type(sender, where, before, after);
    for (const auto& [name, field] : before.fields) {
      const auto same = after.fields.find(name);
      if (same == after.fields.end())
        breach(fmt::format("{}: {}", where, name), "was removed; keep the field");
      else
        check_schema(sender, fmt::format("{}: {}", where, name), *field, *same->second);
    }
    check_required(sender, where, before, after);
    if (before.items && after.items)
      check_schema(sender, where + " item", *before.items, *after.items);
    open_.erase(pair);
  }

  void check_type(
      Sender sender, const std::string& where, const Shape& before, const Shape& after) {
    const auto& narrow = sender == Sender::client ? before : after;
    const auto& wide = sender == Sender::client ? after : before;
    const bool fits = wide.types.empty() ||
                      (!narrow.types.empty() && std::ranges::includes(wide.types, narrow.types));
    if (!fits || before.format != after.format ||
        (before.items == nullptr) != (after.items == nullptr))
      return breach(where, "has another type than before; add a new field for that");
    // Clients are told to expect new names, but may go on sending all they know.
    if (sender == Sender::client && !after.names.empty() &&
        (before.names.empty() || !std::ranges::includes(after.names, before.names)))
      breach(where, "takes fewer values than before; keep them");
  }

  void check_required(
      Sender sender, const std::string& where, const Shape& before, const Shape& after) {
    const auto& required = sender == Sender::client ? after.required : before.required;
    const auto& other = sender == Sender::client ? before.required : after.required;
    for (const auto& name : required) {
      // A field that was removed is a breach of its own.
      if (other.contains(name) || !after.fields.contains(name)) continue;
      breach(
          fmt::format("{}: {}", where, name),
          sender == Sender::client ? "is now required; leave it optional"
                                   : "is no longer always there; keep giving it");
    }
  }

  void breach(const std::string& where, std::string_view what) {
    breaches_.push_back(fmt::format("{}: {} {}.", operation_, where, what));
  }

  const Json& released_;
  const Json& current_;
  std::string operation_;
  std::set<std::pair<const Json*, const Json*>> open_;
  std::vector<std::string> breaches_;
};

}  // namespace

std::vector<std::string> breaks_api(
    const nlohmann::json& released_openapi, const nlohmann::json& current_openapi) {
  return ApiGate{released_openapi, current_openapi}.run();
}

}  // namespace schemas
