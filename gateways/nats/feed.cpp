#include "gateways/nats/feed.hpp"

#include <fmt/format.h>
#include <nats/nats.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

#include "schemas/notation.hpp"

namespace nats {
namespace {

using nlohmann::json;

constexpr int patience_ms = 2'000;
constexpr std::string_view id_header = "ce-id: ";

// Error codes of JetStream's API.
constexpr int wrong_last_sequence = 10071;
constexpr int stream_not_found = 10059;

struct Destroy {
  void operator()(natsMsg* message) const { natsMsg_Destroy(message); }
};
using Message = std::unique_ptr<natsMsg, Destroy>;

Message to_message(const fold::FeedMessage& from) {
  natsMsg* made = nullptr;
  check(
      natsMsg_Create(
          &made,
          from.subject.c_str(),
          nullptr,
          from.event.data(),
          static_cast<int>(from.event.size())),
      "no memory for an event");
  Message message{made};
  // As CloudEvents' binding to NATS has it for events in structured mode.
  natsMsgHeader_Set(made, "content-type", "application/cloudevents+json; charset=UTF-8");
  natsMsgHeader_Set(made, "ce-id", from.id.c_str());
  return message;
}

std::string api(std::string_view what) {
  return fmt::format("$JS.API.STREAM.{}.{}", what, feed_stream_name);
}

// "…\r\nce-id: 5f0c2a91-41-0\r\n…"
std::optional<std::string> id_in(std::string_view headers) {
  const auto at = headers.find(id_header);
  if (at == headers.npos) return std::nullopt;
  const auto rest = headers.substr(at + id_header.size());
  return std::string{rest.substr(0, rest.find('\r'))};
}

}  // namespace

void ensure_feed(Connection& connection, int replicas, std::chrono::hours retention) {
  const json wanted{
      {"name", feed_stream_name},
      {"subjects", {feed_subjects}},
      {"storage", "file"},
      {"retention", "limits"},
      {"discard", "old"},
      {"max_age", std::chrono::nanoseconds{retention}.count()},
      {"num_replicas", replicas},
      {"allow_atomic", true},
      {"allow_direct", true}};
  const auto said = [&](const char* what) {
    return json::parse(connection.request(api(what), wanted.dump()));
  };
  auto answer = said("UPDATE");
  if (answer.contains("error") && answer["error"].value("err_code", 0) == stream_not_found)
    answer = said("CREATE");
  if (answer.contains("error"))
    throw std::runtime_error(
        fmt::format("the stream {} cannot be made: {}", feed_stream_name, answer["error"].dump()));
}

std::optional<fold::FeedStream::End> FeedStream::end() {
  try {
    const auto info = json::parse(connection_.request(api("INFO"), "", patience_ms));
    if (!info.contains("state")) return std::nullopt;
    const auto& state = info["state"];
    End end{.sequence = state.value("last_seq", std::uint64_t{0}), .id = {}};
    if (state.value("messages", std::uint64_t{0}) == 0) return end;
    const auto last = json::parse(
        connection_.request(api("MSG.GET"), json{{"seq", end.sequence}}.dump(), patience_ms));
    if (last.contains("message")) {
      const auto headers = schemas::from_base64(last["message"].value("hdrs", ""));
      if (headers) end.id = id_in(*headers);
    }
    return end;
  } catch (const std::runtime_error&) {
    return std::nullopt;  // the server is away
  }
}

fold::Published FeedStream::publish(
    const std::vector<fold::FeedMessage>& messages, std::uint64_t expected) {
  const auto inbox = connection_.fresh_inbox();
  const auto batch = inbox.substr(inbox.rfind('.') + 1);
  natsMsg* answered = nullptr;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const auto message = to_message(messages[i]);
    const bool last = i + 1 == messages.size();
    if (i == 0)
      natsMsgHeader_Set(
          message.get(), "Nats-Expected-Last-Sequence", std::to_string(expected).c_str());
    if (messages.size() > 1) {
      natsMsgHeader_Set(message.get(), "Nats-Batch-Id", batch.c_str());
      natsMsgHeader_Set(message.get(), "Nats-Batch-Sequence", std::to_string(i + 1).c_str());
      if (last) natsMsgHeader_Set(message.get(), "Nats-Batch-Commit", "1");
    }
    const auto status = last ? natsConnection_RequestMsg(
                                   &answered, connection_.handle(), message.get(), patience_ms)
                             : natsConnection_PublishMsg(connection_.handle(), message.get());
    if (status != NATS_OK) return fold::Published::unknown;
  }
  const Message answer{answered};
  const auto read = json::parse(
      std::string_view{
          natsMsg_GetData(answered), static_cast<std::size_t>(natsMsg_GetDataLength(answered))},
      nullptr,
      false);
  if (!read.is_object()) return fold::Published::unknown;
  if (const auto error = read.find("error"); error != read.end()) {
    if (error->value("err_code", 0) == wrong_last_sequence) return fold::Published::refused;
    tell_(fmt::format(
        "nats-server does not take events: {}", error->value("description", error->dump())));
    return fold::Published::unknown;
  }
  return read.value("seq", std::uint64_t{0}) == expected + messages.size()
             ? fold::Published::stored
             : fold::Published::unknown;
}

}  // namespace nats
