#include "gateways/nats/stream.hpp"

#include <fmt/format.h>
#include <nats/nats.h>

#include <algorithm>
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
constexpr int no_suitable_peers = 10005;

// How long those who follow wait at least, without a sign of who leads, until they elect another.
// One who has heard of most of them within that time probably leads still.
constexpr std::chrono::seconds election_time{4};

constexpr std::chrono::nanoseconds heartbeat = std::chrono::seconds{1};
constexpr std::chrono::milliseconds look_time{2'000};
constexpr std::chrono::seconds agreement_time{60};

// What is read in one go is folded while the server sends the next: it waits until most of what it
// has sent was taken.
constexpr std::size_t bytes_at_once = 4u << 20;

// Answers that were lost need not be remembered for ever.
constexpr std::size_t expected_max = 64;

// An ordered consumer: what comes is numbered, and at the first gap, or when nothing comes, not
// even a heartbeat, another one is made that goes on from there. That may be because the server
// that sends has failed while another one keeps the connection.
//
// The client library has such consumers too, but 3.4.1 makes them anew on a thread that races with
// its own start, and crashes. And on a connection of its own: closing it ends the subscription, and
// the server drops a consumer that nobody listens to by itself.
class Ordered final : public fold::Subscription {
 public:
  Ordered(Connection& connection, std::uint64_t from) : connection_{connection}, next_{from} {
    reopen();
  }
  ~Ordered() override { close(); }

  std::vector<fold::Message> next(std::size_t most, int patience_ms) override {
    std::vector<fold::Message> messages;
    // What the server kept for this reader may have gone with the connection.
    if (!own_ || own_->reconnections() > 0) reopen();
    std::size_t bytes = 0;
    while (subscription_ && messages.size() < most && bytes < bytes_at_once) {
      natsMsg* message = nullptr;
      const auto status =
          natsSubscription_NextMsg(&message, subscription_, messages.empty() ? patience_ms : 0);
      if (status == NATS_TIMEOUT && Clock::now() - heard_ < 3 * heartbeat) break;
      const bool good = status == NATS_OK && take(message, messages);
      if (good) bytes += static_cast<std::size_t>(natsMsg_GetDataLength(message));
      natsMsg_Destroy(message);
      if (good) continue;
      close();
      break;
    }
    return messages;
  }

 private:
  using Clock = std::chrono::steady_clock;

  // False when messages are missing.
  bool take(natsMsg* message, std::vector<fold::Message>& messages) {
    heard_ = Clock::now();
    jsMsgMetaData* meta = nullptr;
    if (natsMsg_GetMetaData(&meta, message) != NATS_OK) {
      answer_flow_control(message);
      return true;
    }
    const auto sequence = meta->Sequence.Stream;
    const bool gap = meta->Sequence.Consumer != ++delivered_;
    jsMsgMetaData_Destroy(meta);
    if (gap) return false;
    if (sequence < next_) return true;
    next_ = sequence + 1;
    messages.push_back(
        {sequence,
         {natsMsg_GetData(message), static_cast<std::size_t>(natsMsg_GetDataLength(message))}});
    return true;
  }

  // What is no message of the stream is a heartbeat, or asks whether everything before it has been
  // taken, which it has. A heartbeat repeats a question whose answer was lost.
  void answer_flow_control(natsMsg* message) {
    const char* to = natsMsg_GetReply(message);
    if (!to) natsMsgHeader_Get(message, "Nats-Consumer-Stalled", &to);
    if (to) natsConnection_Publish(own_->handle(), to, nullptr, 0);
  }

  void open() {
    own_ = std::make_unique<Connection>(connection_.address(), "construct log reader", 0);
    const auto inbox = own_->fresh_inbox();
    check(
        natsConnection_SubscribeSync(&subscription_, own_->handle(), inbox.c_str()),
        "cannot follow the log");
    natsSubscription_SetPendingLimits(
        subscription_, -1, -1);  // The server's flow control bounds it.
    const json wanted{
        {"stream_name", stream_name},
        {"config",
         {{"deliver_subject", inbox},
          {"deliver_policy", "by_start_sequence"},
          {"opt_start_seq", next_},
          {"ack_policy", "none"},
          {"max_deliver", 1},
          {"flow_control", true},
          {"idle_heartbeat", heartbeat.count()},
          {"mem_storage", true},
          {"num_replicas", 1}}}};
    const auto made = json::parse(own_->request(
        fmt::format("$JS.API.CONSUMER.CREATE.{}", stream_name),
        wanted.dump(),
        static_cast<int>(look_time.count())));
    if (made.contains("error"))
      throw std::runtime_error("nats-server says: " + made["error"].dump());
    delivered_ = 0;
    heard_ = Clock::now();
  }

  void reopen() {
    close();
    try {
      open();
    } catch (const std::runtime_error&) {
      close();  // The server is coming up, or they elect one; the next call tries again.
      nats_Sleep(20);
    }
  }

  void close() {
    own_.reset();
    natsSubscription_Destroy(std::exchange(subscription_, nullptr));
  }

  Connection& connection_;
  std::uint64_t next_;
  std::uint64_t delivered_ = 0;  // by this consumer
  Clock::time_point heard_;
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

// Those of the stream that was asked for; empty when nobody leads them.
std::vector<Keeper> read_keepers(const json& info) {
  const auto cluster = info.value("cluster", json::object());
  const auto leader = cluster.value("leader", "");
  if (leader.empty()) return {};
  std::vector<Keeper> all{{.name = leader, .leads = true, .current = true}};
  for (const auto& other : cluster.value("replicas", json::array()))
    all.push_back(
        {.name = other.value("name", ""),
         .current = other.value("current", false) && !other.value("offline", false),
         .behind = other.value("lag", std::uint64_t{0}),
         .silent_for = std::chrono::nanoseconds{other.value("active", std::int64_t{0})}});
  return all;
}

// Whether the server that says this was leading a moment ago. One that follows answers too when it
// knows of none that leads.
bool leads_most(const std::vector<Keeper>& keepers) {
  const auto heard = std::ranges::count_if(
      keepers, [](const Keeper& keeper) { return keeper.silent_for < election_time; });
  return 2 * heard > std::ssize(keepers);
}

std::string info_subject() { return fmt::format("$JS.API.STREAM.INFO.{}", stream_name); }

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
  const auto reply = expect([this, done](std::string_view answer) {
    const auto read = json::parse(answer, nullptr, false);
    if (!read.is_object() || !read.contains("state")) return done(std::nullopt);
    const auto time = parse_time(read.value("ts", ""));
    const auto keepers = read_keepers(read);
    {
      const std::lock_guard lock{mutex_};
      seen_ = keepers;
    }
    if (!time || !leads_most(keepers)) return done(std::nullopt);
    done(fold::Look{
        .last_sequence = read["state"].value("last_seq", std::uint64_t{0}),
        .server_time = *time,
        .replicated = keepers.size() > 1});
  });
  const auto subject = info_subject();
  const auto status = natsConnection_PublishRequest(
      connection_.handle(), subject.c_str(), reply.c_str(), nullptr, 0);
  if (status != NATS_OK) on_answer(reply, {});
}

namespace {

// Until the servers of a cluster have agreed on who leads, they say so or nothing at all.
bool says_later(const json& answer) {
  const auto error = answer.find("error");
  return error != answer.end() &&
         (error->value("code", 0) >= 500 || error->value("err_code", 0) == no_suitable_peers);
}

json ask(
    Connection& connection, const std::string& subject, const std::string& body, int replicas) {
  const auto patience = replicas > 1 ? agreement_time : std::chrono::seconds{0};
  const auto until = std::chrono::steady_clock::now() + patience;
  for (;;) {
    const bool last = std::chrono::steady_clock::now() >= until;
    try {
      auto answer = json::parse(connection.request(subject, body));
      if (last || !says_later(answer)) return answer;
    } catch (const std::runtime_error&) {
      if (last) throw;
    }
    nats_Sleep(50);
  }
}

}  // namespace

std::string Stream::metrics() {
  std::vector<Keeper> seen;
  {
    const std::lock_guard lock{mutex_};
    seen.swap(seen_);
  }
  look([](const auto&) {});
  if (seen.empty()) return {};
  return fmt::format(
      "# HELP construct_log_servers Servers that keep the log.\n"
      "# TYPE construct_log_servers gauge\nconstruct_log_servers {}\n"
      "# HELP construct_log_servers_current Those of them that have all of it.\n"
      "# TYPE construct_log_servers_current gauge\nconstruct_log_servers_current {}\n",
      seen.size(),
      std::ranges::count(seen, true, &Keeper::current));
}

std::vector<Keeper> keepers(Connection& connection) {
  auto all = read_keepers(
      json::parse(connection.request(info_subject(), "", static_cast<int>(look_time.count()))));
  if (all.empty())
    throw std::runtime_error(
        "no nats-server leads the log; see whether two of the three run and reach each other");
  return all;
}

void ensure_stream(Connection& connection, int replicas) {
  const auto info = ask(connection, info_subject(), "", replicas);
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
  const auto made = ask(
      connection, fmt::format("$JS.API.STREAM.CREATE.{}", stream_name), wanted.dump(), replicas);
  if (made.contains("error"))
    throw std::runtime_error(
        fmt::format("the stream {} cannot be made: {}", stream_name, made["error"].dump()));
}

}  // namespace nats
