// The engine's port across processes: commands and answers as bytes (construct::CommandRequest and
// CommandAnswer). How the bytes travel is somebody else's: gateways/cli joins this to NATS.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "commands/engine/port.hpp"

namespace engine {

std::string to_bytes(const Command& command);
// The client is whoever the bytes came from; without one it is whom they name, which only gateways
// may be believed. Throws schemas::Corrupt when they are not a command that this build knows.
Command read_command(std::string_view bytes, const std::optional<std::string>& client);

std::string to_bytes(const Answer& answer);
Answer read_answer(std::string_view bytes);

// The port of an engine in another process.
class Remote final : public Port {
 public:
  // Sends a request; calls back once with the answer, with empty bytes when nobody is there to take
  // it, with nothing when no answer came in time.
  using Ask = std::function<void(
      std::string request, std::function<void(std::optional<std::string> answer)> answered)>;

  explicit Remote(Ask ask) : ask_{std::move(ask)} {}
  void submit(Command command, Reply reply) override;

 private:
  Ask ask_;
};

// The other end: what a request is answered. `respond` may be called from any thread.
void serve(
    Port& port,
    const std::optional<std::string>& client,
    std::string_view request,
    std::function<void(std::string answer)> respond);

}  // namespace engine
