// POST /commands: one command per line, one answer per line.

#include <fmt/format.h>

#include <chrono>

#include "gateways/http/api/commands.hpp"
#include "gateways/http/api/members.hpp"
#include "gateways/http/uuid.hpp"
#include "schemas/model.hpp"

namespace http {
namespace {

using Clock = std::chrono::steady_clock;

// A line before its body is read.
struct Envelope {
  const schemas::Table* type = nullptr;
  std::string_view body;
  std::string id;
  std::vector<schemas::Fault> faults;
};

std::string read_text(const Member& member, Envelope& envelope) {
  auto text = text_of(member.value);
  if (!text) envelope.faults.push_back({"/" + member.name, "a string is required"});
  return text.value_or("");
}

void read_member(
    const Member& member, Envelope& envelope, std::string& context, std::string& command) {
  if (member.name == "context") {
    context = read_text(member, envelope);
  } else if (member.name == "command") {
    command = read_text(member, envelope);
  } else if (member.name == "body") {
    envelope.body = member.value;
  } else if (member.name == "id") {
    envelope.id = read_text(member, envelope);
    if (!is_key(envelope.id))
      envelope.faults.push_back({"/id", "send 1 to 255 visible ASCII characters, such as a UUID"});
  } else {
    envelope.faults.push_back(
        {"/" + member.name, "a line has context, command, id and body only; leave it out"});
  }
}

Envelope read_envelope(std::string_view line, const schemas::Schema& schema) {
  Envelope envelope;
  constexpr std::size_t most = 8;  // Four may be there; more are told to be too many.
  const auto members = members_of(line, most);
  if (!members) {
    envelope.faults.push_back({"", "the line is not a JSON object; send one per line"});
    return envelope;
  }
  std::string context, command;
  for (std::size_t i = 0; i < members->size(); ++i) {
    const auto& member = (*members)[i];
    for (std::size_t before = 0; before < i; ++before)
      if ((*members)[before].name == member.name)
        envelope.faults.push_back({"/" + member.name, "the line has it twice; leave one out"});
    read_member(member, envelope, context, command);
  }
  if (envelope.body.empty())
    envelope.faults.push_back({"/body", "the command itself is required, as an object"});
  envelope.type = schema.table(command);
  const bool known = envelope.type && envelope.type->role == schemas::Role::command &&
                     envelope.type->context == context;
  if (!known)
    envelope.faults.push_back(
        {"/command", fmt::format("{}/{} is no command; /docs lists them", context, command)});
  return envelope;
}

class BulkLines final : public Lines {
 public:
  BulkLines(Intake& intake, RouteStats& stats, std::string correlation)
      : intake_{intake}, stats_{stats}, correlation_{std::move(correlation)} {}

  void line(std::string_view text, LineReply reply) override {
    const auto started = Clock::now();
    auto envelope = read_envelope(text, intake_.schema);
    Terms terms{.key = std::move(envelope.id), .correlation = correlation_};
    if (!envelope.faults.empty())
      return refuse(
          {.code = "malformed", .fields = std::move(envelope.faults)},
          terms,
          std::move(reply),
          started);
    if (terms.key.empty()) {
      terms.key = make_uuid(intake_.now());
      terms.key_is_new = true;
    }
    auto read = intake_.read(*envelope.type, envelope.body, {}, terms);
    if (auto* problem = std::get_if<Problem>(&read)) {
      for (auto& fault : problem->fields) fault.path.insert(0, "/body");
      return refuse(std::move(*problem), terms, std::move(reply), started);
    }
    submit(std::get<engine::Command>(std::move(read)), std::move(terms), std::move(reply), started);
  }

  void too_long(LineReply reply) override {
    refuse(
        {.code = "body_too_large"}, {.correlation = correlation_}, std::move(reply), Clock::now());
  }

 private:
  struct Pending {
    LineReply reply;
    Terms terms;
    engine::Answer answer;
    Clock::time_point started;
  };

  void refuse(
      Problem problem, const Terms& terms, LineReply reply, Clock::time_point started) const {
    problem.correlation_id = terms.correlation;
    if (!terms.key.empty()) problem.texts.emplace_back("id", terms.key);
    stats_.record(status_of(problem.code), Clock::now() - started);
    reply(to_json(problem));
  }

  // The answer may come when these lines are over and gone; the intake stays.
  void submit(engine::Command command, Terms terms, LineReply reply, Clock::time_point started) {
    auto pending =
        std::make_shared<Pending>(std::move(reply), std::move(terms), engine::Answer{}, started);
    intake_.engine.submit(
        std::move(command), [&intake = intake_, &stats = stats_, pending](engine::Answer answer) {
          pending->answer = std::move(answer);
          pending->reply.run([&intake, &stats, pending] {
            auto [status, text] = intake.answers.to_line(pending->answer, pending->terms);
            stats.record(status, Clock::now() - pending->started);
            pending->reply(std::move(text));
          });
        });
  }

  Intake& intake_;
  RouteStats& stats_;
  std::string correlation_;
};

}  // namespace

std::unique_ptr<Lines> BulkEndpoint::lines(const Request& head) {
  if (!head.query.empty() || !has_content_type(head, content::ndjson)) return nullptr;
  return std::make_unique<BulkLines>(intake_, stats, correlation_of(head, intake_.now()));
}

void BulkEndpoint::handle(const Call& call, Reply reply) {
  auto correlation = correlation_of(call.request, intake_.now());
  if (!call.request.query.empty())
    return reply(refuse(
        {.code = "malformed",
         .fields =
             {{"query/" + call.request.query.front().name,
               "commands take no query parameters; leave it out"}}},
        std::move(correlation)));
  if (!call.request.body.empty() || !has_content_type(call.request, content::ndjson))
    return reply(refuse(
        {.code = "unsupported_media_type",
         .detail = "Many commands are sent as application/x-ndjson, one per line; a single one as "
                   "application/json to /commands/<context>/<Command>."},
        std::move(correlation)));
  reply({.content_type = content::ndjson});
}

}  // namespace http
