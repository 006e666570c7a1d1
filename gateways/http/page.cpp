#include "gateways/http/page.hpp"

#include "gateways/http/text.hpp"

namespace http {
namespace {

constexpr std::string_view style = R"(
:root { color-scheme: light dark; --line: #8884; --soft: #8882; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .3rem; }
code, pre { font: .9em/1.45 ui-monospace, monospace; background: var(--soft); border-radius: 3px; }
code { padding: .1em .3em; } pre { padding: .7rem; overflow-x: auto; } pre code { background: none; padding: 0; }
a { color: inherit; } .note { opacity: .75; font-size: .9em; margin-top: 0; }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; vertical-align: top;
padding: .25rem .8rem .25rem 0; border-bottom: 1px solid var(--line); }
details { border: 1px solid var(--line); border-radius: 5px; margin: .5rem 0; padding: .4rem .8rem; }
summary { cursor: pointer; } .method { display: inline-block; min-width: 4.5rem; font-weight: 600; }
)";

}  // namespace

Response page(std::string_view title, std::string_view body) {
  Response response{.content_type = content::html};
  const auto heading = escape_html(title);
  response.body.append("<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\">")
      .append("<meta name=\"viewport\" content=\"width=device-width\"><title>")
      .append(heading)
      .append(" · Construct</title><style>")
      .append(style)
      .append("</style>\n<h1>")
      .append(heading)
      .append("</h1>\n")
      .append(body)
      .append("</html>\n");
  return response;
}

bool wants_html(const Request& request) {
  bool wanted = false;
  for (const auto& header : request.headers)
    if (same_name(header.name, "Accept"))
      each_item(header.value, [&](std::string_view range) {
        wanted = wanted || same_name(trim(range.substr(0, range.find(';'))), "text/html");
      });
  return wanted;
}

}  // namespace http
