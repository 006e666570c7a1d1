// Rows and lists followed live: a follower is told what its GET would answer, and from then on
// every change of it, as server-sent events.
//
//   snapshot    the row, or {"items":[…]}: what there is
//   upsert      a row that is new or has changed
//   quarantine  {"key":"…"} of a row that is set aside from here on, and as it was, until its next
//               upsert; a list's snapshot names those on it as its page does
//   delete      {"key":"…"} of a row that is gone, or no longer in the list; the key is the row's
//               id, as in its address, its parts joined by '~'
//   reset       what was sent before the stream broke off cannot be built upon; a snapshot follows
//
// The last event of each change carries the position that it brings the follower to, and so does
// the comment that is sent when nothing else was for a while. A stream that goes on from one of
// them (Last-Event-ID) loses nothing: a row's last change is in the row; a list goes on only when
// it is known to be the same as then, and begins anew otherwise.
//
// All that follow one query share a watch: when its view has moved it is read once, compared by the
// rows' versions and positions with what was sent before, and the difference is written once.
//
// Concurrency: follow() from any thread; the rest happens on one thread of its own.
// Limits: LiveLimits; a stream remembers the keys of one page.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "commands/engine/worker.hpp"
#include "gateways/http/api.hpp"
#include "projections/views/reader.hpp"
#include "schemas/model.hpp"

namespace http {

struct SeenRow {
  const schemas::Table* type;
  views::Row row;
  // A row that is made of others may change without a trace in itself.
  bool stored = true;
};

// What is followed.
struct LiveQuery {
  std::string id;  // equal for equal queries of one view
  views::Reader* view = nullptr;
  enum class Shape : std::uint8_t { row, list } shape = Shape::list;
  std::string key = {};   // of a row
  bool by_index = false;  // which the row is looked up in; else the key is the row's own
  std::function<std::vector<SeenRow>(const views::Moment&)> look;
};

// One request to follow it.
struct LiveRequest {
  LiveQuery query;
  std::optional<kernel::Position> last_event;
  std::string correlation;
};

class Live {
 public:
  Live(LiveLimits limits, std::function<void(std::string_view)> log);
  ~Live();
  Live(const Live&) = delete;
  Live& operator=(const Live&) = delete;

  // Replies with a stream, or with a problem: 404 when a row is not there, 503 when it may only be
  // set aside, there are too many streams, or the view cannot be read.
  void follow(LiveRequest request, Reply reply);

 private:
  using Clock = std::chrono::steady_clock;
  using Text = std::shared_ptr<const std::string>;
  using WatchId = std::pair<views::Reader*, std::string>;
  struct Mark {
    std::uint64_t version = 0;
    kernel::CommitNumber position = 0;
    bool set_aside = false;
    bool operator==(const Mark&) const = default;
  };
  // Of one query.
  struct Watch {
    LiveQuery query;
    std::map<std::string, Mark> marks;      // what the followers have
    std::optional<kernel::Position> at;     // of the last look
    std::optional<kernel::Position> since;  // the first look that saw what the last one saw
    bool hidden = false;  // a row that is not there, perhaps because its key is set aside
    std::uint64_t set_aside_keys = 0;
    kernel::CommitNumber resumed_before = 0;
    std::map<std::uint64_t, Ongoing> followers;
    Clock::time_point sent;
  };
  struct ViewState {
    bool waiting = false;  // to be called when it has moved
    bool moved = false;
    Clock::time_point looked;
  };

  void join(LiveRequest request, std::shared_ptr<void> slot, Reply reply);
  void leave(const WatchId& id, std::uint64_t follower);
  std::vector<SeenRow> look(Watch& watch);
  void look_again(views::Reader& view);
  void await_move(views::Reader& view);
  std::string first_text(
      const Watch& watch,
      const std::vector<SeenRow>& rows,
      const std::optional<kernel::Position>& last_event) const;
  void send_to_all(Watch& watch, std::string text);
  std::chrono::microseconds after_group();

  const LiveLimits limits_;
  const std::function<void(std::string_view)> log_;
  std::shared_ptr<std::atomic<std::size_t>> streams_;

  // Of the thread's own.
  std::map<WatchId, Watch> watches_;
  std::map<views::Reader*, ViewState> views_;
  std::uint64_t followers_ = 0;
  std::shared_ptr<engine::Worker> thread_;  // late callbacks may outlive this
};

// Whether a request asks for events instead of an answer.
bool wants_events(const Request& request);

}  // namespace http
