#include "gateways/nats/connection.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nats/nats.h>

#include <chrono>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <utility>

namespace nats {
namespace {

struct Options {
  natsOptions* handle = nullptr;
  Options() { check(natsOptions_Create(&handle), "cannot prepare a connection"); }
  ~Options() { natsOptions_Destroy(handle); }
};

}  // namespace

void check(int status, std::string_view what) {
  if (status != NATS_OK)
    throw std::runtime_error(
        fmt::format("{}: {}", what, natsStatus_GetText(static_cast<natsStatus>(status))));
}

std::string Address::user() const {
  const auto begin = url.find("//");
  const auto end = url.find(':', begin == std::string::npos ? 0 : begin + 2);
  if (begin == std::string::npos || url.find('@') == std::string::npos) return "construct";
  return url.substr(begin + 2, end - begin - 2);
}

std::vector<std::string> Address::servers() const {
  std::vector<std::string> all;
  std::istringstream rest{url};
  for (std::string one; std::getline(rest, one, ',');) all.push_back(one);
  return all;
}

std::string Address::hosts() const {
  std::vector<std::string> all;
  for (const auto& one : servers()) all.push_back(one.substr(one.find('@') + 1));
  return fmt::format("{}", fmt::join(all, ", "));
}

Connection::Connection(const Address& address, const std::string& name, int patience_ms)
    : address_{address}, inbox_{"_INBOX." + address.user()} {
  const Options options;
  const auto servers = address.servers();
  std::vector<const char*> urls;
  for (const auto& one : servers) urls.push_back(one.c_str());
  check(
      natsOptions_SetServers(options.handle, urls.data(), static_cast<int>(urls.size())),
      "the address of nats-server cannot be read; give it as nats://user:password@host:port");
  natsOptions_SetName(options.handle, name.c_str());
  natsOptions_SetCustomInboxPrefix(options.handle, inbox_.c_str());
  natsOptions_SetMaxReconnect(options.handle, -1);
  natsOptions_SetReconnectWait(options.handle, 50);
  natsOptions_SetReconnectJitter(options.handle, 20, 20);
  // Where there is another server to go to, one that has gone silent is left soon.
  natsOptions_SetPingInterval(options.handle, servers.size() > 1 ? 1000 : 5000);
  natsOptions_SetMaxPingsOut(options.handle, 2);
  // Without this a lone message may wait a millisecond for company.
  natsOptions_SetSendAsap(options.handle, true);
  // What could not be sent while the server was away is sent again by those who know whether it
  // still matters.
  natsOptions_SetReconnectBufSize(options.handle, 0);
  natsOptions_SetReconnectedCB(
      options.handle,
      [](natsConnection*, void* self) { ++static_cast<Connection*>(self)->reconnections_; },
      this);
  // Slow consumers and the like show in what the folds report; the default handler would print to
  // stderr.
  natsOptions_SetErrorHandler(
      options.handle, [](natsConnection*, natsSubscription*, natsStatus, void*) {}, nullptr);

  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds{patience_ms};
  for (;;) {
    const auto status = natsConnection_Connect(&connection_, options.handle);
    if (status == NATS_OK) {
      if (servers.size() > 1) quorum_.emplace(connection_);
      return;
    }
    if (status != NATS_NO_SERVER || std::chrono::steady_clock::now() >= deadline) {
      check(
          status,
          fmt::format(
              "nats-server at {} does not take {}'s connection; see whether it runs and whether "
              "the address is right",
              address.hosts(),
              address.user()));
    }
    std::this_thread::sleep_for(
        std::chrono::milliseconds{20});  // The server cannot tell us when it is up.
  }
}

Connection::~Connection() {
  quorum_.reset();
  natsConnection_Close(connection_);
  natsConnection_Destroy(connection_);
}

void Connection::publish(const std::string& subject, std::string_view data) {
  check(
      natsConnection_Publish(
          connection_, subject.c_str(), data.data(), static_cast<int>(data.size())),
      "cannot publish on " + subject);
}

std::unique_ptr<Connection::Listening> Connection::subscribe(
    const std::string& subject, Handler handler) {
  return listen(subject, [handler = std::move(handler)](natsConnection*, natsMsg* message) {
    handler(
        natsMsg_GetSubject(message),
        {natsMsg_GetData(message), static_cast<std::size_t>(natsMsg_GetDataLength(message))});
  });
}

std::unique_ptr<Connection::Listening> Connection::respond(
    const std::string& subject, Responder responder) {
  return listen(
      subject, [responder = std::move(responder)](natsConnection* connection, natsMsg* message) {
        const auto answer = responder();
        if (answer && natsMsg_GetReply(message))
          natsConnection_PublishString(connection, natsMsg_GetReply(message), answer->c_str());
      });
}

std::unique_ptr<Connection::Listening> Connection::listen(
    const std::string& subject, std::function<void(natsConnection*, natsMsg*)> handler) {
  using State = Listening::State;
  std::unique_ptr<Listening> listening{new Listening};
  listening->state_ = new State{{}, std::move(handler)};
  const auto deliver =
      [](natsConnection* connection, natsSubscription*, natsMsg* message, void* closure) {
        auto* state = static_cast<State*>(closure);
        {
          const std::lock_guard lock{state->mutex};
          if (state->handler) state->handler(connection, message);
        }
        natsMsg_Destroy(message);
      };
  const auto status = natsConnection_Subscribe(
      &listening->subscription_, connection_, subject.c_str(), deliver, listening->state_);
  if (status != NATS_OK) delete std::exchange(listening->state_, nullptr);
  check(status, "cannot subscribe to " + subject);
  natsSubscription_SetOnCompleteCB(
      listening->subscription_,
      [](void* closure) { delete static_cast<State*>(closure); },
      listening->state_);
  natsSubscription_SetPendingLimits(listening->subscription_, -1, -1);
  return listening;
}

std::unique_ptr<Connection::Listening> Connection::serve(
    const std::string& subject, Server server) {
  return listen(
      subject, [server = std::move(server)](natsConnection* connection, natsMsg* message) {
        const char* reply_to = natsMsg_GetReply(message);
        if (!reply_to) return;
        server(
            {natsMsg_GetData(message), static_cast<std::size_t>(natsMsg_GetDataLength(message))},
            [connection, to = std::string{reply_to}](const std::string& data) {
              // An answer that cannot be sent is to the asker one that did not come in time.
              natsConnection_Publish(
                  connection, to.c_str(), data.data(), static_cast<int>(data.size()));
            });
      });
}

void Connection::ask(
    const std::string& subject, const std::string& answer_to, std::string_view data) {
  check(
      natsConnection_PublishRequest(
          connection_,
          subject.c_str(),
          answer_to.c_str(),
          data.data(),
          static_cast<int>(data.size())),
      "cannot ask on " + subject);
}

Connection::Listening::~Listening() {
  if (!state_) return;
  {
    const std::lock_guard lock{state_->mutex};
    state_->handler = nullptr;
  }
  natsSubscription_Unsubscribe(subscription_);
  natsSubscription_Destroy(subscription_);
}

std::string Connection::request(
    const std::string& subject, std::string_view data, int patience_ms) {
  natsMsg* answer = nullptr;
  check(
      natsConnection_Request(
          &answer,
          connection_,
          subject.c_str(),
          data.data(),
          static_cast<int>(data.size()),
          patience_ms),
      "no answer on " + subject);
  std::string text{
      natsMsg_GetData(answer), static_cast<std::size_t>(natsMsg_GetDataLength(answer))};
  natsMsg_Destroy(answer);
  return text;
}

std::string Connection::fresh_inbox() const {
  natsInbox* inbox = nullptr;
  check(natsInbox_Create(&inbox), "no inbox");
  const std::string made{inbox};  // Under the library's own prefix; only the random part is taken.
  natsInbox_Destroy(inbox);
  return inbox_ + made.substr(made.rfind('.'));
}

bool Connection::connected() const {
  return natsConnection_Status(connection_) == NATS_CONN_STATUS_CONNECTED;
}

}  // namespace nats
