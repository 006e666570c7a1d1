#include "gateways/http/api/terms.hpp"

#include <fmt/format.h>

#include <charconv>

#include "gateways/http/text.hpp"
#include "gateways/http/uuid.hpp"

namespace http {
namespace {

constexpr std::size_t longest_key = 255;
constexpr std::size_t longest_correlation = 128;

// Ends the ETag of a row that is set aside, which is another answer than the same row when it is
// not.
constexpr std::string_view set_aside_mark = "-q";

// The version in `"version-position"` or `"version"`.
std::optional<std::uint64_t> version_of(std::string_view etag) {
  if (etag.size() < 3 || etag.front() != '"' || etag.back() != '"') return std::nullopt;
  etag = etag.substr(1, etag.size() - 2);
  if (etag.ends_with(set_aside_mark)) etag.remove_suffix(set_aside_mark.size());
  std::uint64_t version = 0;
  const auto [end, error] = std::from_chars(etag.data(), etag.data() + etag.size(), version);
  const std::string_view rest{end, static_cast<std::size_t>(etag.data() + etag.size() - end)};
  if (error != std::errc{} || (!rest.empty() && rest.front() != '-')) return std::nullopt;
  if (!rest.empty() && rest.find_first_not_of("0123456789", 1) != std::string_view::npos)
    return std::nullopt;
  return rest == "-" ? std::nullopt : std::optional{version};
}

void read_key(const Request& request, std::chrono::system_clock::time_point now, Terms& terms) {
  if (const auto key = request.header("Idempotency-Key")) {
    if (is_key(*key))
      terms.key = *key;
    else
      terms.faults.push_back(
          {"header/Idempotency-Key", "send 1 to 255 visible ASCII characters, such as a UUID"});
    return;
  }
  terms.key = make_uuid(now);
  terms.key_is_new = true;
}

void read_if_match(const Request& request, Terms& terms) {
  const auto etag = request.header("If-Match");
  // What does not exist yet refuses the command anyway, unless it is the command that begins it.
  if (!etag || *etag == "*") return;
  terms.if_match = version_of(*etag);
  if (!terms.if_match)
    terms.faults.push_back(
        {"header/If-Match",
         "send the ETag of one answer, \"version-position\" in its quotes, or *"});
}

}  // namespace

bool is_key(std::string_view text) { return is_visible_ascii(text, longest_key); }
bool is_correlation(std::string_view text) { return is_visible_ascii(text, longest_correlation); }

Terms read_terms(const Request& request, std::chrono::system_clock::time_point now) {
  Terms terms;
  read_key(request, now, terms);
  read_if_match(request, terms);
  const auto correlation = request.header("Construct-Correlation-Id");
  if (correlation && !is_correlation(*correlation))
    terms.faults.push_back(
        {"header/Construct-Correlation-Id",
         "send 1 to 128 visible ASCII characters, such as a UUID"});
  terms.correlation = correlation_of(request, now);
  return terms;
}

std::string correlation_of(const Request& request, std::chrono::system_clock::time_point now) {
  const auto given = request.header("Construct-Correlation-Id");
  return given && is_correlation(*given) ? std::string{*given} : make_uuid(now);
}

bool has_content_type(const Request& request, std::string_view type) {
  const auto header = request.header("Content-Type");
  if (!header) return false;
  const auto semicolon = header->find(';');
  if (!same_name(trim(header->substr(0, semicolon)), type)) return false;
  if (semicolon == std::string_view::npos) return true;
  const auto parameter = trim(header->substr(semicolon + 1));
  return parameter.empty() || same_name(parameter, "charset=utf-8") ||
         same_name(parameter, "charset=\"utf-8\"");
}

bool names_etag(std::string_view if_none_match, std::string_view etag) {
  bool named = false;
  each_item(if_none_match, [&](std::string_view item) {
    if (item.starts_with("W/")) item.remove_prefix(2);
    named = named || item == etag || item == "*";
  });
  return named;
}

std::string joined_header(const Request& request, std::string_view name) {
  std::string joined;
  for (const auto& header : request.headers)
    if (same_name(header.name, name))
      joined.append(joined.empty() ? "" : ", ").append(header.value);
  return joined;
}

std::string make_etag(std::uint64_t version, std::uint64_t position) {
  return fmt::format("\"{}-{}\"", version, position);
}

std::string make_etag(const views::Row& row) {
  return fmt::format("\"{}-{}{}\"", row.version, row.position, row.set_aside ? set_aside_mark : "");
}

Response refuse(Problem problem, std::string correlation) {
  problem.correlation_id = std::move(correlation);
  auto response = to_response(problem);
  response.add("Construct-Correlation-Id", problem.correlation_id);
  return response;
}

}  // namespace http
