// Problem documents (RFC 9457): how every error is told, and what each of their codes means.
//
// Codes of the platform are listed in problem.cpp; a context's rejections come from its schema,
// where their comments explain them. Codes never change their meaning once released.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateways/http/message.hpp"
#include "schemas/json.hpp"

namespace http {

enum class Retry : std::uint8_t {
  never,  // the same request will be answered the same
  later,  // the same request may succeed, with the same idempotency key
};

struct ProblemType {
  std::string code;
  unsigned status = 500;
  std::string title;
  std::string_view explanation;  // sentences; the last says what to do
  Retry retry = Retry::never;
};

// Absent for a code that neither the platform nor a context has.
std::optional<ProblemType> problem_type(std::string_view code);

// The HTTP status of a code, 422 for one that is unknown here: a rejection of a newer engine's.
unsigned status_of(std::string_view code);

// Every code: the platform's, then each context's.
std::vector<ProblemType> problem_types();

struct Problem {
  std::string code;
  std::string detail = {};                  // empty: the explanation of the code
  std::vector<schemas::Fault> fields = {};  // what is wrong where
  std::vector<std::pair<std::string, std::int64_t>> numbers =
      {};  // extension members, such as "available"
  std::vector<std::pair<std::string, std::string>> texts = {};
  std::string correlation_id = {};  // empty: a new one is made
};

std::string to_json(const Problem& problem);
Response to_response(const Problem& problem);

// What /problems and /problems/<code> answer.
Response describe_problems(bool as_html);
Response describe_problem(const ProblemType& type, bool as_html);

}  // namespace http
