#include "gateways/nats/quorum.hpp"

#include <arpa/inet.h>
#include <nats/nats.h>
#include <sys/socket.h>

#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string_view>

#include "domain/kernel/thread.hpp"

namespace nats {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr seconds between_looks{1};
constexpr milliseconds patience{500};
// Servers elect another leader when they have not heard of theirs for 4 to 9 seconds.
constexpr seconds election{12};

std::optional<std::uint16_t> local_port(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return std::nullopt;
  if (address.ss_family == AF_INET)
    return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
  if (address.ss_family == AF_INET6)
    return ntohs(reinterpret_cast<const sockaddr_in6&>(address).sin6_port);
  return std::nullopt;
}

bool is_stream_to_somebody(int socket) {
  int type = 0;
  socklen_t size = sizeof type;
  sockaddr_storage peer{};
  socklen_t peer_size = sizeof peer;
  return getsockopt(socket, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM &&
         getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &peer_size) == 0;
}

}  // namespace

Quorum::Quorum(natsConnection* connection)
    : connection_{connection}, thread_{[this] { watch(); }} {}

Quorum::~Quorum() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Quorum::watch() {
  kernel::name_thread("quorum");
  auto led = steady_clock::now();
  std::unique_lock lock{mutex_};
  while (!wake_.wait_for(lock, between_looks, [this] { return stopping_; })) {
    lock.unlock();
    if (natsConnection_Status(connection_) != NATS_CONN_STATUS_CONNECTED || has_leader()) {
      led = steady_clock::now();
    } else if (steady_clock::now() - led >= election) {
      leave();
      led = steady_clock::now();
    }
    lock.lock();
  }
}

bool Quorum::has_leader() const {
  natsMsg* answer = nullptr;
  const auto status = natsConnection_RequestString(
      &answer, connection_, "$JS.API.INFO", "", static_cast<std::int64_t>(patience.count()));
  if (status != NATS_OK) return false;
  const std::string_view text{
      natsMsg_GetData(answer), static_cast<std::size_t>(natsMsg_GetDataLength(answer))};
  const bool refused = text.find("\"error\"") != std::string_view::npos;
  natsMsg_Destroy(answer);
  return !refused;
}

// nats.c 3.4 has no call for it; when its socket ends it goes to the next server.
void Quorum::leave() const {
  char* ip = nullptr;
  int port = 0;
  if (natsConnection_GetLocalIPAndPort(connection_, &ip, &port) != NATS_OK) return;
  std::free(ip);
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator{"/proc/self/fd", ignored}) {
    const auto name = entry.path().filename().string();
    int socket = -1;
    std::from_chars(name.data(), name.data() + name.size(), socket);
    if (local_port(socket) == port && is_stream_to_somebody(socket)) shutdown(socket, SHUT_RDWR);
  }
}

}  // namespace nats
