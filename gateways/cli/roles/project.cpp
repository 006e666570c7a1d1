#include "gateways/cli/roles/project.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <thread>

#include "domain/fold/write_behind.hpp"
#include "domain/kernel/thread.hpp"
#include "gateways/cli/roles/generations.hpp"
#include "gateways/rocks/database.hpp"
#include "projections/views/comparison.hpp"
#include "projections/views/metrics.hpp"
#include "projections/views/scrub.hpp"
#include "projections/views/view.hpp"
#include "schemas/json.hpp"

namespace cli {
namespace {

using nlohmann::json;

// How long a generation that is to be read may take to come up to the one that is.
constexpr std::chrono::seconds meeting_time{30};
constexpr std::chrono::milliseconds between_looks{5};
constexpr std::chrono::seconds patience{10};

// A folder for a while.
class Scratch {
 public:
  explicit Scratch(std::filesystem::path folder) : folder_{std::move(folder)} {
    std::filesystem::remove_all(folder_);  // of a process that was killed
    std::filesystem::create_directories(folder_);
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const std::filesystem::path& folder() const { return folder_; }

 private:
  const std::filesystem::path folder_;
};

void fold_up_to(std::uint64_t end, fold::Log& log, fold::Runner& runner) {
  fold::read_through(log, end, patience, [&](const std::vector<fold::Message>& messages) {
    runner.apply(messages);
  });
}

}  // namespace

struct ProjectRole::Generation {
  using As = rocks::Database::As;

  Generation(
      As as,
      const views::ViewType& type,
      const std::filesystem::path& folder,
      std::function<void(const std::string&)> alarm,
      std::function<void()> folded)
      : database{as, folder, views::families(type)},
        fold{type, store, std::move(alarm)},
        runner{store, fold, [folded = std::move(folded)](const auto&, const auto&) { folded(); }} {
    if (as == As::fold) store.keep_up();
  }

  kernel::CommitNumber commits() const { return runner.cursor().head.next; }
  // To be read. On the thread that folds it.
  void show() {
    store.keep_up();
    database.make_durable();
  }

  rocks::Database database;
  std::atomic<bool> sound{false};  // it was read from end to end, or written by this process
  fold::WriteBehind store{database};
  views::ViewFold fold;
  fold::Runner runner;
  // Of one that was begun while the process ran; the others follow the log together.
  std::optional<fold::Following> following;
};

struct ProjectRole::View {
  View(const views::ViewType& of, const std::filesystem::path& link)
      : type{of}, generations{link}, live{generations.live()} {}

  const views::ViewType& type;
  Generations generations;
  std::atomic<int> live;
  std::map<int, std::unique_ptr<Generation>> open;
};

ProjectRole::ProjectRole(Process& process) : process_{process} {
  std::vector<fold::Runner*> runners;
  for (const auto& type : views::all()) {
    auto& view = *views_.emplace_back(std::make_unique<View>(type, process.folders.view(type)));
    for (const auto number : view.generations.all())
      runners.push_back(&(view.open[number] = open(view, number))->runner);
  }
  following_.emplace("fold views", process.log, runners, [&process](const std::string& why) {
    process.fail(fmt::format("the views cannot go on: {}", why));
  });
  scrub();
  saying_ = process.vitals.add({.metrics = [this] { return metrics(); }});
  answering_.push_back(report(process.connection, [this] { return parts(); }));
  answering_.push_back(
      answer(process.connection, "view", [this](const json& request) { return handle(request); }));
  process.tell(fmt::format("folds {} view{}", views_.size(), views_.size() == 1 ? "" : "s"));
}

ProjectRole::~ProjectRole() = default;

std::unique_ptr<ProjectRole::Generation> ProjectRole::open(View& view, int number) {
  auto made = std::make_unique<Generation>(
      number == view.generations.next() ? Generation::As::unread_fold : Generation::As::fold,
      view.type,
      view.generations.folder(number),
      [this](const std::string& text) { process_.tell(text, Level::alarm); },
      [this, &view, number] {
        if (view.live == number) process_.announce(view.type.name);
      });
  process_.tell_of(made->database);
  return made;
}

// What was there at the start, on the side; the rest of it when one of them was closed meanwhile.
// Whoever comes upon damage has it noted, so that the fold is given up and made again.
void ProjectRole::scrub() {
  std::vector<std::pair<const views::ViewType*, Generation*>> left;
  for (const auto& view : views_)
    for (const auto& [number, generation] : view->open)
      if (!generation->sound) left.emplace_back(&view->type, generation.get());
  scrubbing_ = std::jthread{[this, left = std::move(left)](const std::stop_token& stop) {
    kernel::name_thread("scrub views");
    kernel::yield_to_others();
    for (const auto& [type, generation] : left) try {
        views::scrub(*type, generation->database, [&] { return stop.stop_requested(); });
        if (!stop.stop_requested()) generation->sound = true;
      } catch (const fold::StoreFailed& damaged) {
        process_.tell(damaged.what(), Level::alarm);
      }
  }};
}

// ---- The life of views ----

// What `task` returns on the thread that folds the generation.
template <class Task>
auto ProjectRole::between_batches(Generation& made, Task task) {
  auto& following = made.following ? *made.following : *following_;
  auto result = following.run(std::move(task));
  if (result.wait_for(meeting_time) != std::future_status::ready)
    throw std::runtime_error("the view is busy; ask again");
  try {
    return result.get();
  } catch (const std::future_error&) {
    throw std::runtime_error("the view is not being folded any more; the process's alarms say why");
  }
}

ProjectRole::View& ProjectRole::view(const std::string& name) {
  const auto found =
      std::ranges::find_if(views_, [&](const auto& view) { return view->type.name == name; });
  if (found == views_.end())
    throw std::runtime_error(
        fmt::format("there is no view {}; `construct view list` names them", name));
  return **found;
}

// On one thread; what others look at meanwhile is changed under the mutex.
json ProjectRole::handle(const json& request) {
  const auto what = request.value("do", "");
  if (what == "list") return list();
  auto& of = view(request.value("view", ""));
  if (what == "rebuild") return {{"done", rebuild(of)}};
  if (what == "switch") return {{"done", switch_to_next(of)}};
  if (what == "rollback") return {{"done", roll_back(of)}};
  if (what == "quarantine") return quarantine(of);
  if (what == "retry") return {{"done", retry(of, request.value("key", ""))}};
  if (what == "verify") return {{"done", verify(of)}};
  throw std::runtime_error("this process knows no such thing; it may be of an older version");
}

json ProjectRole::list() const {
  kernel::CommitNumber end = 0;
  for (const auto& view : views_)
    for (const auto& [number, generation] : view->open) end = std::max(end, generation->commits());
  json views = json::array();
  for (const auto& view : views_)
    for (const auto& [number, generation] : view->open) {
      const auto commits = generation->commits();
      views.push_back(
          {{"view", view->type.name},
           {"version", view->type.version},
           {"generation", number},
           {"role",
            number == view->live                     ? "live"
            : number == view->generations.previous() ? "previous"
                                                     : "next"},
           {"commits", commits},
           {"behind", end - commits},
           {"facts", views::read_completeness(generation->database).facts},
           {"set_aside", views::count_set_aside(generation->database)}});
    }
  return {{"views", std::move(views)}};
}

// Its store is closed, and nobody folds into it any more.
void ProjectRole::close(View& view, int number) {
  const auto found = view.open.find(number);
  if (found->second->following)
    found->second->following.reset();
  else
    following_->leave(found->second->runner);
  scrubbing_ = {};
  {
    const std::lock_guard lock{mutex_};
    view.open.erase(found);
  }
  scrub();
}

int ProjectRole::begin(View& view) {
  const std::lock_guard lock{mutex_};
  const auto number = view.generations.begin_next();
  view.open[number] = open(view, number);
  view.open[number]->sound = true;
  return number;
}

std::string ProjectRole::rebuild(View& view) {
  if (const auto next = view.generations.next())
    throw std::runtime_error(fmt::format(
        "generation {} of {} is there already, at commit {}; `construct view switch {}` has it "
        "read",
        *next,
        view.type.name,
        view.open.at(*next)->commits(),
        view.type.name));
  if (const auto previous = view.generations.previous()) close(view, *previous);
  const auto number = begin(view);
  follow(view, number, fold::Following::Pace::background);
  return fmt::format(
      "generation {0} of {1} is being built beside generation {2}; `construct view list` shows how "
      "far it is, `construct view switch {1}` has it read",
      number,
      view.type.name,
      view.live.load());
}

// By itself, from where it stands.
void ProjectRole::follow(View& view, int number, fold::Following::Pace pace) {
  auto& made = *view.open.at(number);
  made.following.reset();
  made.following.emplace(
      "rebuild " + view.type.name,
      process_.log,
      std::vector{&made.runner},
      [this, &view, number](const std::string& why) {
        process_.tell(
            fmt::format("generation {} of {} cannot go on: {}", number, view.type.name, why),
            Level::alarm);
      },
      pace);
}

void ProjectRole::exchange(View& view, void (Generations::*how)()) {
  {
    const std::lock_guard lock{mutex_};
    (view.generations.*how)();
    view.live = view.generations.live();
  }
  process_.announce(view.type.name);
}

std::string ProjectRole::switch_to_next(View& view) {
  const auto next = view.generations.next();
  if (!next)
    throw std::runtime_error(fmt::format(
        "there is no new generation of {0}; build one with `construct view rebuild {0}`",
        view.type.name));
  auto& made = *view.open.at(*next);
  const auto& read = *view.open.at(view.live);
  // Somebody waits for it now.
  if (made.following && made.commits() < read.commits())
    follow(view, *next, fold::Following::Pace::live);
  const auto until = std::chrono::steady_clock::now() + meeting_time;
  while (made.commits() < read.commits()) {
    if (std::chrono::steady_clock::now() >= until)
      throw std::runtime_error(fmt::format(
          "generation {} of {} has folded {} commits of {}; ask again when it has caught up",
          *next,
          view.type.name,
          made.commits(),
          read.commits()));
    std::this_thread::sleep_for(between_looks);
  }
  between_batches(made, [&made] { made.show(); });
  prove(view, made);
  exchange(view, &Generations::switch_to_next);
  return fmt::format(
      "{0} is read from generation {1} now; `construct view rollback {0}` goes back to {2}",
      view.type.name,
      *next,
      *view.generations.previous());
}

std::string ProjectRole::roll_back(View& view) {
  if (!view.generations.previous())
    throw std::runtime_error(fmt::format("{} was not switched before", view.type.name));
  exchange(view, &Generations::roll_back);
  return fmt::format(
      "{0} is read from generation {1} again; `construct view rollback {0}` goes back to {2}",
      view.type.name,
      view.live.load(),
      *view.generations.previous());
}

// Whether it has been given every fact of the log up to where it stands, and none twice: counted
// afresh from the log. Throws when not.
views::Completeness ProjectRole::prove(const View& view, Generation& made) {
  // Count and position are of one moment only between the batches of its fold.
  const auto [claimed, end] = between_batches(made, [&made] {
    return std::pair{views::read_completeness(made.store), made.runner.cursor().head.sequence};
  });
  if (!claimed.position) return claimed;
  views::Audit audit{view.type};
  fold::NoStore nothing;
  fold::Runner runner{nothing, audit, [](const auto&, const auto&) {}};
  fold_up_to(end, process_.stream, runner);
  if (audit.found() != claimed)
    throw std::runtime_error(fmt::format(
        "{} has been given {} facts where the log has {} up to commit {}, or others; do not use "
        "it: rebuild it, and report this",
        view.type.name,
        claimed.facts,
        audit.found().facts,
        *claimed.position));
  return claimed;
}

// Row by row, as they were at one moment, against a fold of the log up to there. Throws when not.
std::uint64_t ProjectRole::check_rows(const View& view, Generation& made) {
  const Scratch scratch{process_.folders.scratch()};
  const auto end = between_batches(made, [&] {
    made.database.checkpoint(scratch.folder() / "kept");
    return made.runner.cursor().head.sequence;
  });
  const auto families = views::families(view.type);
  const rocks::Database kept{Generation::As::primary, scratch.folder() / "kept", families};
  Generation fresh{
      Generation::As::unread_fold,
      view.type,
      scratch.folder() / "fresh",
      [](const auto&) {},
      [] {}};
  fold_up_to(end, process_.stream, fresh.runner);
  fresh.store.keep_up();
  const auto found = [&] {
    try {
      return views::compare_rows(view.type, kept, fresh.database);
    } catch (const fold::StoreFailed&) {
      // The files are the same; whose they are is to find that, too, and to make the view again.
      views::scrub(view.type, made.database, [] { return false; });
      throw;
    }
  }();
  if (found.differing > 0)
    throw std::runtime_error(fmt::format(
        "row {1} of the table {2} of {0} is not what the log makes of it, {3} of {4} rows are not; "
        "have them made again with `construct view rebuild {0}`, and unless another build made "
        "them, find out who wrote them",
        view.type.name,
        found.first->key,
        found.first->table,
        found.differing,
        found.rows));
  return found.rows;
}

std::string ProjectRole::verify(const View& view) {
  auto& read = *view.open.at(view.live);
  const auto proven = prove(view, read);
  const auto rows = check_rows(view, read);
  return fmt::format(
      "{} is complete: {} facts up to commit {}, digest {:016x}, as the log has them; each of its "
      "{} rows is what the log makes of it",
      view.type.name,
      proven.facts,
      proven.position.value_or(0),
      proven.digest,
      rows);
}

json ProjectRole::quarantine(const View& view) {
  json keys = json::array();
  for (const auto& key : views::set_aside(view.open.at(view.live)->database, view.type))
    keys.push_back(
        {{"key", key.key},
         {"facts", key.facts},
         {"commit", key.first},
         {"since", schemas::format_time(key.since)},
         {"why", key.why}});
  return {{"keys", std::move(keys)}};
}

// On the thread that folds it, of every generation.
std::string ProjectRole::retry(View& view, const std::string& key) {
  views::ViewFold::Retried live;
  for (const auto& [number, generation] : view.open) {
    auto& made = *generation;
    const auto retried = between_batches(made, [&made, key] {
      fold::Batch batch;
      const auto outcome = made.fold.retry(key, batch);
      made.store.write(batch);
      return outcome;
    });
    if (number == view.live) live = retried;
  }
  process_.announce(view.type.name);
  return fmt::format(
      "{} keys of {} go on, {} are still aside", live.resumed, view.type.name, live.still_aside);
}

// ---- What it tells ----

std::vector<Part> ProjectRole::parts() const {
  const std::lock_guard lock{mutex_};
  std::vector<Part> all;
  for (const auto& view : views_)
    all.push_back(
        {fmt::format("view {}", view->type.name),
         view->open.at(view->live)->commits(),
         fmt::format(
             "version {}, generation {}{}",
             view->type.version,
             view->live.load(),
             view->generations.next() ? "; another one is being built" : "")});
  return all;
}

std::string ProjectRole::metrics() const {
  const std::lock_guard lock{mutex_};
  std::string text =
      "# HELP construct_view_folded_commits Commits that the view has folded.\n"
      "# TYPE construct_view_folded_commits counter\n";
  for (const auto& view : views_)
    text += fmt::format(
        "construct_view_folded_commits{{view=\"{}\",version=\"{}\"}} {}\n",
        view->type.name,
        view->type.version,
        view->open.at(view->live)->commits());
  std::vector<views::Folded> folded;
  for (const auto& view : views_)
    folded.push_back({view->type, view->open.at(view->live)->database});
  return text + views::metrics(folded);
}

}  // namespace cli
