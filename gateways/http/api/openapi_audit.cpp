#include "gateways/http/api/openapi_audit.hpp"

namespace http {
namespace {
using namespace openapi_parts;

constexpr std::string_view text = "text/plain", bytes = "application/octet-stream";

Json number(std::string_view name, std::string_view description, bool required) {
  return {
      {"name", name},
      {"in", "query"},
      {"required", required},
      {"description", description},
      {"schema", {{"type", "integer"}, {"minimum", 0}}}};
}

Json operation(
    std::string_view path,
    std::string_view summary,
    std::string_view type,
    Json parameters,
    std::vector<std::string> codes) {
  Json made{
      {"operationId", operation_id("get", path)},
      {"tags", {"audit"}},
      {"summary", summary},
      {"parameters", std::move(parameters)}};
  Json schema{{"type", "string"}};
  if (type == bytes) schema["format"] = "binary";
  made["responses"]["200"] = {
      {"description", "As said."}, {"content", {{std::string{type}, {{"schema", schema}}}}}};
  codes.insert(codes.end(), {"internal", "unavailable"});
  add_problems(made["responses"], std::move(codes));
  return made;
}

}  // namespace

Json audit_filters() {
  auto parameters = Json::array();
  for (const auto& [name, description] :
       {std::pair{"actor", "Whose commands."},
        std::pair{"context", "Of the facts' aggregates, such as ordering."},
        std::pair{"type", "Of the facts, such as OrderPlaced."},
        std::pair{"correlation", "The correlation id of the commands."},
        std::pair{"from", "A commit's number, or a time: the first that is wanted."},
        std::pair{"to", "A commit's number, or a time: the first that is not wanted any more."}})
    parameters.push_back(
        {{"name", name},
         {"in", "query"},
         {"description", description},
         {"schema", {{"type", "string"}}}});
  return parameters;
}

void add_audit(Json& paths) {
  const auto none = Json::array();
  const auto add = [&](const std::string& path, Json made) {
    paths[path]["get"] = std::move(made);
  };
  add("/checkpoint",
      operation(
          "/checkpoint",
          "The signed checkpoint of the log (c2sp.org/tlog-checkpoint): how many commits there "
          "are, "
          "and the root of the Merkle tree over them.",
          text,
          none,
          {}));
  add("/checkpoint.pending",
      operation(
          "/checkpoint.pending",
          "The newest checkpoint, which too few witnesses may have cosigned yet.",
          text,
          none,
          {}));
  add("/checkpoints",
      operation(
          "/checkpoints",
          "The checkpoints that were signed, with an empty line between them.",
          text,
          {number("from", "The size of the first.", false), reference("parameters", "limit")},
          {"malformed"}));
  add("/vkey",
      operation(
          "/vkey",
          "The key that checkpoints are verified with. Learn it elsewhere too: who could forge the "
          "log could forge this.",
          text,
          none,
          {}));
  auto tile_parameters = path_parameters("/tile/{level}/{index}", nullptr);
  tile_parameters[0]["description"] = "0 to 63, or `entries`.";
  tile_parameters[1]["description"] =
      "In groups of three digits, as x001/x234/067; with .p/<width> behind it, so many of its "
      "hashes.";
  add("/tile/{level}/{index}",
      operation(
          "/tile/{level}/{index}",
          "Hashes of the tree, or the entries of its leaves (c2sp.org/tlog-tiles).",
          bytes,
          std::move(tile_parameters),
          {"malformed", "not_found", "damaged"}));
  add("/commit/{number}",
      operation(
          "/commit/{number}",
          "A commit's bytes, as the log holds them and the tree has their hash.",
          bytes,
          path_parameters("/commit/{number}", nullptr),
          {"malformed", "not_found"}));
  add("/commits",
      operation(
          "/commits",
          "Several, each behind its length in 4 bytes, big-endian. The page may end early.",
          bytes,
          {number("from", "The number of the first.", false), reference("parameters", "limit")},
          {"malformed"}));
  auto causes = operation(
      "/audit/causes/{commit}",
      "What led to a commit, the first cause first, and all that it caused, as a tree.",
      "application/json",
      path_parameters("/audit/causes/{commit}", nullptr),
      {"malformed", "not_found"});
  causes["responses"]["200"]["content"]["application/json"]["schema"] = {{"type", "object"}};
  add("/audit/causes/{commit}", std::move(causes));
  add("/proof/inclusion",
      operation(
          "/proof/inclusion",
          "Proof that a commit is in the log, to be kept and verified offline "
          "(c2sp.org/tlog-proof).",
          text,
          {number("index", "The commit's number.", true),
           number("size", "Of a checkpoint that was signed; the last when absent.", false)},
          {"malformed", "not_found"}));
  add("/proof/consistency",
      operation(
          "/proof/consistency",
          "Proof that the log of one size continues that of another: its hashes in base64, a line "
          "each (RFC 6962, 2.1.2).",
          text,
          {number("old", "The smaller size.", true),
           number("new", "The larger one; that of the last checkpoint when absent.", false)},
          {"malformed", "not_found"}));
}

}  // namespace http
