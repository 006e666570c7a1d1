// Clients that send commands to whichever machine answers, repeat them, mix up their keys, give up
// and ask again; and write down everything. One thread.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "tests/simulation/chain.hpp"
#include "tests/simulation/journal.hpp"
#include "tests/simulation/machine.hpp"

namespace simulation {

class Clients {
 public:
  struct Surroundings {
    Timeline& timeline;
    Random& random;
    const MemoryLog& log;
    Chain& chain;
    std::vector<std::unique_ptr<Machine>>& machines;
    const Trace& trace;
  };

  Clients(Surroundings surroundings, int count);

  // From now on each sends something every now and then, until they are told to stop.
  void begin();
  void stop() { busy_ = false; }
  // Asks again for what has no definite answer yet. Returns how many that were.
  std::size_t settle();
  // Sends a command that nobody has sent before, and returns its request.
  std::size_t probe(Asked asked);

  // A machine crashed: what it had not answered, it never will.
  void crashed(std::size_t machine);

  const Journal& journal() const { return journal_; }

 private:
  struct Client {
    std::string name;
    std::size_t favourite = 0;          // the machine it talks to
    std::vector<std::size_t> requests;  // that it has made
  };

  void act(Client& client);
  std::size_t make(Client& client, std::string key, Asked asked);
  std::size_t make_fresh(Client& client);
  std::size_t repeat(Client& client);
  void send(Client& client, std::size_t request);
  void arrive(Client& client, std::size_t request, std::size_t machine);
  void answered(Client& client, std::size_t delivery, const engine::Answer& answer);
  void again(Client& client, std::size_t request);
  std::optional<std::uint64_t> version_seen(const Asked& asked);
  Client& client_of(std::size_t request);
  engine::Command command_of(const Delivery& delivery) const;

  Surroundings around_;
  std::vector<Client> clients_;
  bool busy_ = true;
  std::uint64_t keys_ = 0;
  Journal journal_;
  std::map<std::string, std::uint64_t> versions_;  // of the streams, as answers told them
};

}  // namespace simulation
