#include "gateways/nats/stream.hpp"

#include <fmt/format.h>
#include <nats/nats.h>

#include <future>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

namespace nats {
namespace {

using nlohmann::json;

// Error codes of JetStream's API.
constexpr int wrong_last_sequence = 10071;
constexpr int wrong_last_sequence_in_flight = 10164;
constexpr int stream_not_found = 10059;

constexpr std::chrono::seconds look_time{2};

// Answers that were lost need not be remembered for ever.
constexpr std::size_t expected_max = 64;

// On a connection of its own: unsubscribing deletes the server's consumer, and where a restarted
// server has none, nats.c 3.4.1 reads freed memory to say so. Closing the connection ends the
// subscription without that; the server drops a consumer that nobody listens to by itself.
class Ordered final : public fold::Subscription {
 public:
  Ordered(Connection& connection, std::uint64_t from) : connection_{connection}, next_{from} {
    open();
  }
  ~Ordered() override { close(); }

  std::vector<fold::Message> next(std::size_t most, int patience_ms) override {
    std::vector<fold::Message> messages;
    // What the server kept for this reader may have gone with the connection.
    if (!own_ || own_->reconnections() > 0) reopen();
    while (subscription_ && messages.size() < most) {
      natsMsg* message = nullptr;
      const auto status =
          natsSubscription_NextMsg(&message, subscription_, messages.empty() ? patience_ms : 0);
      if (status == NATS_TIMEOUT) break;
      if (status != NATS_OK) {
        if (messages.empty()) nats_Sleep(patience_ms);
        close();
        break;
      }
      take(message, messages);
      natsMsg_Destroy(message);
    }
    return messages;
  }

 private:
  void take(natsMsg* message, std::vector<fold::Message>& messages) {
    jsMsgMetaData* meta = nullptr;
    if (natsMsg_GetMetaData(&meta, message) != NATS_OK) return;
    const auto sequence = meta->Sequence.Stream;
    jsMsgMetaData_Destroy(meta);
    if (sequence < next_) return;
    next_ = sequence + 1;
    messages.push_back(
        {sequence,
         {natsMsg_GetData(message), static_cast<std::size_t>(natsMsg_GetDataLength(message))}});
  }

  void open() {
    own_ = std::make_unique<Connection>(connection_.address(), "construct log reader", 0);
    jsCtx* context = nullptr;
    check(natsConnection_JetStream(&context, own_->handle(), nullptr), "no JetStream");
    jsSubOptions options;
    jsSubOptions_Init(&options);
    options.Stream = stream_name;
    options.Ordered = true;
    options.Config.DeliverPolicy = js_DeliverByStartSequence;
    options.Config.OptStartSeq = next_;
    const auto status =
        js_SubscribeSync(&subscription_, context, stream_subject, nullptr, &options, nullptr);
    jsCtx_Destroy(context);
    check(status, "cannot follow the log; see whether nats-server runs and has the stream EVENTS");
    natsSubscription_SetPendingLimits(
        subscription_, -1, -1);  // The server's flow control bounds it.
  }

  void reopen() {
    close();
    try {
      open();
    } catch (const std::runtime_error&) {
      close();  // The server is coming up; the next call tries again.
      nats_Sleep(20);
    }
  }

  void close() {
    own_.reset();
    natsSubscription_Destroy(std::exchange(subscription_, nullptr));
  }

  Connection& connection_;
  std::uint64_t next_;
  std::unique_ptr<Connection> own_;
  natsSubscription* subscription_ = nullptr;
};

// "2026-11-21T05:25:00.123456789Z"
std::optional<schemas::Time> parse_time(const std::string& text) {
  std::tm fields{};
  const char* rest = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &fields);
  if (!rest) return std::nullopt;
  std::chrono::microseconds fraction{0};
  if (*rest == '.') {
    auto digits = std::string{rest + 1}.substr(0, 6);
    digits = digits.substr(0, digits.find_first_not_of("0123456789"));
    digits.resize(6, '0');
    fraction = std::chrono::microseconds{std::stol(digits)};
  }
  return schemas::Time{std::chrono::seconds{timegm(&fields)} + fraction};
}

json wanted_config(int replicas) {
  return {
      {"name", stream_name},
      {"subjects", {stream_subject}},
      {"storage", "file"},
      {"retention", "limits"},
      {"discard", "new"},
      {"max_msgs", -1},
      {"max_bytes", -1},
      {"max_age", 0},
      {"max_msg_size", -1},
      {"num_replicas", replicas},
      {"deny_delete", true},
      {"deny_purge", true},
      {"allow_rollup_hdrs", false},
      {"allow_direct", false}};
}

}  // namespace

Stream::Stream(Connection& connection, std::function<void(std::string)> tell)
    : connection_{connection}, tell_{std::move(tell)}, answers_{connection.fresh_inbox() + '.'} {
  listening_ = connection_.subscribe(
      answers_ + '*', [this](auto subject, auto data) { on_answer(subject, data); });
}

Stream::~Stream() = default;

std::unique_ptr<fold::Subscription> Stream::subscribe(std::uint64_t from_sequence) {
  return std::make_unique<Ordered>(connection_, from_sequence);
}

std::optional<std::uint64_t> Stream::end() {
  auto promise = std::make_shared<std::promise<std::optional<fold::Look>>>();
  auto seen = promise->get_future();
  look([promise](const std::optional<fold::Look>& look) { promise->set_value(look); });
  if (seen.wait_for(look_time) != std::future_status::ready) return std::nullopt;
  const auto look = seen.get();
  return look ? std::optional{look->last_sequence} : std::nullopt;
}

std::string Stream::expect(Answered answered) {
  const std::lock_guard lock{mutex_};
  const auto number = ++requests_;
  expected_.emplace(number, std::move(answered));
  if (expected_.size() > expected_max) expected_.erase(expected_.begin());
  return answers_ + std::to_string(number);
}

void Stream::on_answer(std::string_view subject, std::string_view data) {
  const auto number = std::stoull(std::string{subject.substr(answers_.size())});
  Answered answered;
  {
    const std::lock_guard lock{mutex_};
    const auto found = expected_.find(number);
    if (found == expected_.end()) return;
    answered = std::move(found->second);
    expected_.erase(found);
  }
  answered(data);
}

void Stream::publish(
    const std::string& block,
    std::uint64_t expected_last_sequence,
    std::function<void(fold::Published)> done) {
  const auto reply = expect([this, expected_last_sequence, done](std::string_view answer) {
    done(read_answer(answer, expected_last_sequence));
  });
  natsMsg* message = nullptr;
  check(
      natsMsg_Create(
          &message, stream_subject, reply.c_str(), block.data(), static_cast<int>(block.size())),
      "no memory for a block");
  natsMsgHeader_Set(
      message, "Nats-Expected-Last-Sequence", std::to_string(expected_last_sequence).c_str());
  natsMsgHeader_Set(message, "Nats-Expected-Stream", stream_name);
  const auto status = natsConnection_PublishMsg(connection_.handle(), message);
  natsMsg_Destroy(message);
  if (status != NATS_OK)
    on_answer(reply, {});  // Not sent as far as the client knows; the server knows better.
}

fold::Published Stream::read_answer(
    std::string_view answer, std::uint64_t expected_last_sequence) const {
  const auto read = json::parse(answer, nullptr, false);
  if (!read.is_object()) return fold::Published::unknown;  // Nobody was there to answer.
  if (const auto error = read.find("error"); error != read.end()) {
    const auto code = error->value("err_code", 0);
    if (code == wrong_last_sequence || code == wrong_last_sequence_in_flight)
      return fold::Published::refused;
    tell_(fmt::format(
        "nats-server does not take a block: {}", error->value("description", error->dump())));
    return fold::Published::unknown;
  }
  const bool ours = read.value("stream", "") == stream_name &&
                    read.value("seq", std::uint64_t{0}) == expected_last_sequence + 1;
  return ours ? fold::Published::stored : fold::Published::unknown;
}

void Stream::look(std::function<void(std::optional<fold::Look>)> done) {
  const auto reply = expect([done](std::string_view answer) {
    const auto read = json::parse(answer, nullptr, false);
    if (!read.is_object() || !read.contains("state")) return done(std::nullopt);
    const auto time = parse_time(read.value("ts", ""));
    if (!time) return done(std::nullopt);
    done(fold::Look{read["state"].value("last_seq", std::uint64_t{0}), *time});
  });
  const auto subject = fmt::format("$JS.API.STREAM.INFO.{}", stream_name);
  const auto status = natsConnection_PublishRequest(
      connection_.handle(), subject.c_str(), reply.c_str(), nullptr, 0);
  if (status != NATS_OK) on_answer(reply, {});
}

void ensure_stream(Connection& connection, int replicas) {
  const auto info =
      json::parse(connection.request(fmt::format("$JS.API.STREAM.INFO.{}", stream_name), ""));
  const auto wanted = wanted_config(replicas);
  if (!info.contains("error")) {
    for (const auto& [name, value] : wanted.items()) {
      const auto& is = info["config"].contains(name) ? info["config"][name] : json{};
      if (is == value || (is.is_null() && value == false) || (is.is_null() && value == 0)) continue;
      throw std::runtime_error(fmt::format(
          "the stream {} has {} = {} where {} is needed; it was changed from outside, put it back",
          stream_name,
          name,
          is.dump(),
          value.dump()));
    }
    return;
  }
  if (info["error"].value("err_code", 0) != stream_not_found)
    throw std::runtime_error("nats-server says: " + info["error"].dump());
  const auto made = json::parse(
      connection.request(fmt::format("$JS.API.STREAM.CREATE.{}", stream_name), wanted.dump()));
  if (made.contains("error"))
    throw std::runtime_error(
        fmt::format("the stream {} cannot be made: {}", stream_name, made["error"].dump()));
}

}  // namespace nats
