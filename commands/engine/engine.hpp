// The engine: one writer that owns the aggregates, decides commands and appends blocks to the log.
//
// It decides on the speculative state, with what is in flight included, so a hot aggregate does not
// wait for the disk. While one block is in flight the next one gathers. Three rules keep that
// honest:
//  - No answer leaves before every block that its decision rests on is acknowledged.
//  - An answer that writes nothing also waits for proof that the log had not moved on without this
//    engine: a block of its own acknowledged after the command came, or, where one server keeps the
//    log, a look at its end. Where several do, whoever looks may look at one that was deposed; so
//    an empty block is written when there is none to wait for.
//  - When a block turns out lost, everything decided on top of it is decided again.
//
// This is the whole state machine, without threads, clocks or sockets, so that the simulation can
// drive it: all methods are called from one thread, ports call back through them, and flush()
// follows every group of calls.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <chrono>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "commands/engine/attempt.hpp"
#include "commands/engine/leader_time.hpp"
#include "commands/engine/port.hpp"
#include "domain/fold/fold.hpp"
#include "domain/kernel/clock.hpp"

namespace engine {

// What to fetch from the streams store for one command.
struct Wanted {
  std::optional<CommandId> id;       // look whether this command was decided before
  std::vector<std::string> streams;  // aggregates to load
};
struct Found {
  std::optional<StoredCommit> earlier;
  std::vector<std::pair<std::string, Loaded>> aggregates;
  std::string damage;  // why something could not be read; empty otherwise
};
class Loader {
 public:
  virtual ~Loader() = default;
  // Answers through Engine::on_loaded, in the order given, from the store as it is when it reads.
  virtual void load(std::vector<Wanted> wanted) = 0;
};

struct Limits {
  std::size_t aggregates_in_memory = 200'000;
  std::size_t commands_waiting = 20'000;
  std::size_t block_bytes = fold::block_bytes_max;
  std::chrono::milliseconds patience{
      10'000};  // until a waiting client is told that the outcome is unknown
  std::chrono::milliseconds retry{200};      // until a block whose fate is unknown is sent again
  std::chrono::milliseconds silence{2'000};  // until no answer counts as unknown
  std::chrono::milliseconds clock_difference{
      5'000};  // to the log's server, beyond which it does not lead, nor go by its clock
};

// What the engine tells of its own life.
struct Event {
  std::string text;  // a sentence
  bool alarm = false;
};

class Engine {
 public:
  struct Ports {
    fold::Writer& writer;
    Loader& loader;
    const kernel::Clock& clock;
    const Registry& registry;
    std::function<void(Event)> tell;
    // Wraps a callback so that it runs on the engine's thread, later.
    std::function<void(std::function<void()>)> post;
    std::string deployment;  // names the log when it is begun
    std::function<std::string()> new_incarnation;
  };

  Engine(Ports ports, Limits limits);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  ~Engine();

  void submit(Command command, CommandId id, Reply reply);
  void on_folded(const std::vector<fold::Progress>& progress, const std::string& incarnation);
  void on_loaded(std::vector<Found> found);
  // Tries to take the lead, if the log has been followed to its end. Harmless at any time.
  void lead();
  void tick();
  void flush();
  // Takes no new commands; idle() tells when the last one is answered.
  void drain() { draining_ = true; }

  // Until when a block that could be sent waits for company; call flush() then.
  std::optional<std::chrono::microseconds> gathers_until() const;

  bool leading() const { return leading_; }
  bool idle() const;
  std::uint64_t epoch() const { return epoch_; }
  std::size_t waiting() const { return by_id_.size(); }

 private:
  struct Pending;   // a command that has not been answered
  struct Block;     // what is in flight
  struct Gathered;  // a commit that waits for its block
  struct Waiting;   // an answer that writes nothing and waits for its proof
  struct Recent;    // a commit that the streams store has not folded yet
  using Owned = std::unique_ptr<Pending>;
  struct IdHash {  // the end of an id is always part of a SHA-256
    std::size_t operator()(const CommandId& id) const {
      std::size_t hash;
      std::memcpy(&hash, id.data() + id.size() - sizeof hash, sizeof hash);
      return hash;
    }
  };

  void admit(Owned pending);
  void want(Owned pending, std::vector<std::string> streams);
  void decide(Owned pending, const std::optional<StoredCommit>& earlier);
  void accept(Owned pending, Attempt& attempt, Time now);
  void record(Owned pending, const std::string& stream, std::string rejection, Time now);
  void write(Owned pending, std::string commit, Time now, Answer answer);
  void answer_later(Owned pending, Answer answer);
  void answer(Owned pending, const Answer& answer);
  void replay(Owned pending, const Recent& recent);
  static construct::Commit commit_of(const Pending& pending, Time now);
  Answer answer_of(const construct::Commit& commit, CommitNumber number) const;
  kernel::Position here() const;

  void send();
  bool must_prove() const;
  void publish();
  void on_published(std::uint64_t attempt, fold::Published outcome);
  void acknowledge();
  void advance();
  void pass_over(std::uint64_t sequence);
  void lose();
  void open(const fold::Look& seen);
  construct::StoredCommit genesis();
  std::vector<Owned> drop_speculation();
  void forget();
  void look();
  void ask_look(std::function<void(std::optional<fold::Look>)> then);
  void on_look(std::optional<fold::Look> seen);
  Time next_time() const;
  void mind_the_clock();
  void deliver();
  bool give_up(Pending& pending, Failure late);

  Ports ports_;
  Limits limits_;
  bool leading_ = false;
  bool draining_ = false;
  bool looking_ = false;
  std::chrono::microseconds looking_since_{};
  std::uint64_t looks_ = 0;  // tells a late answer from the current one
  bool looks_prove_ = true;  // one server keeps the log
  bool taking_lead_ = false;
  bool load_under_way_ = false;
  bool load_is_stale_ = false;  // what it brings was read before speculation was dropped
  std::uint64_t epoch_ = 0;
  std::string incarnation_;
  fold::Head folded_;      // what the streams store has folded
  fold::Head head_;        // the end of the log, acknowledged
  CommitNumber next_ = 0;  // what the next commit decided will be numbered
  Time last_commit_at_{};
  LeaderTime time_;
  std::chrono::microseconds asked_the_time_{};
  bool clock_is_wrong_ = false;  // and it was told
  std::chrono::microseconds last_sweep_{};
  std::size_t last_block_size_ = 0;              // commits in the last block acknowledged
  std::chrono::microseconds last_block_took_{};  // from sending it to its acknowledgement
  std::chrono::microseconds acknowledged_at_{};
  std::uint64_t publications_ = 0;  // tells a late answer from the current one

  Cache cache_;
  boost::unordered_flat_map<CommandId, Pending*, IdHash> by_id_;  // not answered yet
  boost::unordered_flat_map<CommandId, Recent, IdHash> recent_;
  std::deque<std::pair<CommitNumber, CommandId>> recent_order_;
  std::deque<Owned> wanting_;  // for the next load
  std::deque<Owned> loading_;  // in the load under way, in its order
  std::deque<Gathered> gathered_;
  std::size_t gathered_bytes_ = 0;
  std::unique_ptr<Block> in_flight_;
  std::deque<Waiting> waiting_;
  std::map<std::uint64_t, fold::Progress> ahead_;  // folded already, beyond the head
};

}  // namespace engine
