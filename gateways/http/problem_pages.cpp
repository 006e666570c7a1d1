// The pages behind the `type` of every problem document.

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "gateways/http/page.hpp"
#include "gateways/http/problem.hpp"
#include "gateways/http/text.hpp"

namespace http {
namespace {

nlohmann::ordered_json to_object(const ProblemType& type) {
  return {
      {"type", "/problems/" + type.code},
      {"code", type.code},
      {"title", type.title},
      {"status", type.status},
      {"explanation", type.explanation},
      {"retryable", type.retry == Retry::later}};
}

std::string to_section(const ProblemType& type) {
  return fmt::format(
      "<section><h2><a href=\"/problems/{0}\"><code>{0}</code></a></h2><p>{1}</p><p "
      "class=\"note\">HTTP {2}. {3}</p></section>\n",
      escape_html(type.code),
      escape_html(type.explanation),
      type.status,
      type.retry == Retry::later ? "The same request may succeed later."
                                 : "The same request will be answered the same.");
}

}  // namespace

Response describe_problems(bool as_html) {
  if (as_html) {
    std::string sections;
    for (const auto& type : problem_types()) sections += to_section(type);
    return page("Problems", sections);
  }
  auto items = nlohmann::ordered_json::array();
  for (const auto& type : problem_types()) items.push_back(to_object(type));
  return {.content_type = content::json, .body = nlohmann::ordered_json{{"items", items}}.dump()};
}

Response describe_problem(const ProblemType& type, bool as_html) {
  if (as_html)
    return page(type.title, to_section(type) + "<p><a href=\"/problems\">All problems</a></p>");
  return {.content_type = content::json, .body = to_object(type).dump()};
}

}  // namespace http
