#include "gateways/http/problem.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>

#include "gateways/http/text.hpp"
#include "gateways/http/uuid.hpp"
#include "schemas/model.hpp"

namespace http {
namespace {

struct Known {
  std::string_view code;
  unsigned status;
  std::string_view title;
  std::string_view explanation;
  Retry retry = Retry::never;
};

constexpr std::array platform_codes = {
    Known{
        "malformed",
        400,
        "Malformed request",
        "The request does not say what it must in the form it must; `fields` tells each fault with "
        "its place. "
        "Correct them and send it again."},
    Known{
        "unauthenticated",
        401,
        "Not signed in",
        "The request needs a person or a client behind it. Sign in and send its token."},
    Known{
        "forbidden",
        403,
        "Not allowed",
        "Whoever sent the request may not do this. Ask somebody who may."},
    Known{
        "mfa_required",
        403,
        "Second factor required",
        "This needs a second factor. Complete it and send the request again."},
    Known{
        "reauth_required",
        403,
        "Fresh sign-in required",
        "The last sign-in is too long ago for this. Sign in again and repeat the request."},
    Known{
        "not_found",
        404,
        "Not found",
        "Nothing of this address or id exists. Check it, or create the thing first."},
    Known{
        "method_not_allowed",
        405,
        "Method not allowed",
        "The address exists but does not take this method. Use one of those in the Allow header."},
    Known{
        "request_timeout",
        408,
        "Request came too slowly",
        "The request did not arrive in the time allowed for it. Send it again without pauses.",
        Retry::later},
    Known{"gone", 410, "Gone", "The thing existed and does no longer. Drop what refers to it."},
    Known{
        "cursor_expired",
        410,
        "Cursor expired",
        "The list was rebuilt since the cursor was made. Begin again without a cursor."},
    Known{
        "position_unknown",
        410,
        "Position of another log",
        "The position was given out before this log was restored, so it cannot be waited for. "
        "Forget it and read "
        "again without it."},
    Known{
        "stale_version",
        412,
        "Changed in the meantime",
        "The thing has another version than the one in If-Match. Read it again, and decide on what "
        "it is now."},
    Known{
        "body_too_large",
        413,
        "Body too large",
        "A body, and each line of a streamed one, may have 1 MiB. Send it in smaller pieces."},
    Known{
        "command_too_large",
        413,
        "Command too large",
        "What the command would record does not fit into one block. Split the command."},
    Known{
        "unsupported_media_type",
        415,
        "Unsupported media type",
        "Commands are sent as application/json, many at once as application/x-ndjson to POST "
        "/commands. Set the "
        "Content-Type header."},
    Known{
        "expectation_failed",
        417,
        "Expectation failed",
        "The only expectation understood is 100-continue. Leave the Expect header out."},
    Known{
        "idempotency_key_reused",
        422,
        "Idempotency key used before",
        "The key came with another command or another body before; nothing was done. Use a new key "
        "for a new "
        "command."},
    Known{
        "currency_mismatch",
        422,
        "Currencies differ",
        "The amounts are in different currencies. Send them in one."},
    Known{
        "amount_out_of_range",
        422,
        "Amount out of range",
        "The amount is too small or too large for this. Send one within the range."},
    Known{
        "too_early",
        422,
        "Too early",
        "The time for this has not come. Send it again when it has.",
        Retry::later},
    Known{
        "rate_limited",
        429,
        "Too many requests",
        "More requests came than are allowed. Wait as long as Retry-After says.",
        Retry::later},
    Known{
        "head_too_large",
        431,
        "Request head too large",
        "The request line and headers may have 16 KiB together. Shorten the address or drop "
        "headers."},
    Known{
        "internal",
        500,
        "Internal error",
        "The server failed at this request; its log has the reason under the correlation id. "
        "Repeat it with the "
        "same Idempotency-Key, and report it if it stays.",
        Retry::later},
    Known{
        "damaged",
        500,
        "History damaged",
        "What is stored about this cannot be read; nothing was done. Tell the operator, whose log "
        "says more."},
    Known{
        "unavailable",
        503,
        "Unavailable",
        "The service cannot take this now; nothing was done. Send it again after Retry-After "
        "seconds.",
        Retry::later},
    Known{
        "dependency_unavailable",
        503,
        "A dependency is unavailable",
        "Something this needs does not answer; nothing was done. Send it again after Retry-After "
        "seconds.",
        Retry::later},
    Known{
        "outcome_unknown",
        503,
        "Outcome unknown",
        "The log did not answer in time, so the command may or may not have been done. Send the "
        "same command with "
        "the same Idempotency-Key (`idempotency_key`): it takes effect once, and you learn how it "
        "ended.",
        Retry::later},
    Known{
        "quarantined",
        503,
        "Set aside",
        "The read model could not apply a fact about this and so does not show it; the log has it, "
        "and commands go on. Read GET /streams/<context>/<Aggregate>/<id> meanwhile, and tell the "
        "operator, who mends the view and runs `construct view retry`.",
        Retry::later},
    Known{
        "view_behind",
        503,
        "View behind",
        "The read model has not reached the position asked for within the time given. Ask again "
        "after Retry-After "
        "seconds, or allow more with Prefer: wait=30.",
        Retry::later},
};

ProblemType to_type(const Known& known) {
  return {
      std::string{known.code},
      known.status,
      std::string{known.title},
      known.explanation,
      known.retry};
}

ProblemType rejection_type(std::string_view code, std::string_view explanation) {
  return {
      std::string{code}, 422, humanise(code.substr(code.find('/') + 1)), explanation, Retry::never};
}

void write_member(std::string& out, std::string_view name, std::string_view text) {
  out += ',';
  schemas::write_text(out, name);
  out += ':';
  schemas::write_text(out, text);
}

void write_fields(std::string& out, const std::vector<schemas::Fault>& fields) {
  out += ",\"fields\":[";
  for (const auto& [path, message] : fields) {
    if (out.back() == '}') out += ',';
    out += "{\"path\":";
    schemas::write_text(out, path);
    write_member(out, "message", message);
    out += '}';
  }
  out += ']';
}

ProblemType type_of(const Problem& problem) {
  if (auto type = problem_type(problem.code)) return *type;
  return rejection_type(
      problem.code, "The command was refused; its code says why. Change it accordingly.");
}

std::string write(const Problem& problem, const ProblemType& type) {
  std::string out;
  out += "{\"type\":";
  schemas::write_text(out, "/problems/" + problem.code);
  write_member(out, "title", type.title);
  fmt::format_to(std::back_inserter(out), ",\"status\":{}", type.status);
  write_member(out, "code", problem.code);
  write_member(out, "detail", problem.detail.empty() ? type.explanation : problem.detail);
  write_fields(out, problem.fields);
  out += type.retry == Retry::later ? ",\"retryable\":true" : ",\"retryable\":false";
  write_member(
      out,
      "correlation_id",
      problem.correlation_id.empty() ? make_uuid(std::chrono::system_clock::now())
                                     : problem.correlation_id);
  for (const auto& [name, number] : problem.numbers) {
    out += ',';
    schemas::write_text(out, name);
    fmt::format_to(std::back_inserter(out), ":{}", number);
  }
  for (const auto& [name, text] : problem.texts) write_member(out, name, text);
  out += '}';
  return out;
}

}  // namespace

std::optional<ProblemType> problem_type(std::string_view code) {
  if (const auto known = std::ranges::find(platform_codes, code, &Known::code);
      known != platform_codes.end())
    return to_type(*known);
  if (const auto* rejection = schemas::platform().rejection(code))
    return rejection_type(code, rejection->comment);
  return std::nullopt;
}

unsigned status_of(std::string_view code) {
  const auto type = problem_type(code);
  return type ? type->status : 422;
}

std::string to_json(const Problem& problem) { return write(problem, type_of(problem)); }

Response to_response(const Problem& problem) {
  const auto type = type_of(problem);
  Response response{.status = type.status, .content_type = content::problem};
  response.body = write(problem, type);
  if (type.status == 503 || type.status == 429) response.add("Retry-After", 1);
  return response;
}

std::vector<ProblemType> problem_types() {
  std::vector<ProblemType> types;
  std::ranges::transform(platform_codes, std::back_inserter(types), to_type);
  for (const auto& enumeration : schemas::platform().enums()) {
    if (!enumeration.rejections) continue;
    for (const auto& value : enumeration.values) {
      if (schemas::is_common_rejection(value.name)) continue;
      const auto code = schemas::rejection_code(enumeration.context, value.name);
      types.push_back(rejection_type(code, value.comment));
    }
  }
  return types;
}

}  // namespace http
