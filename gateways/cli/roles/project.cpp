#include "gateways/cli/roles/project.hpp"

#include <fmt/format.h>

#include "gateways/rocks/database.hpp"
#include "projections/views/view.hpp"

namespace cli {

struct ProjectRole::Folding {
  Folding(Process& process, const views::ViewType& of)
      : type{of},
        store{
            rocks::Database::As::primary,
            process.folders.view(type.name, type.version),
            views::families(type)},
        fold{type, store},
        runner{store, fold, [&process, name = type.name](const auto&, const auto&) {
                 process.announce(name);
               }} {}

  const views::ViewType& type;
  rocks::Database store;
  views::ViewFold fold;
  fold::Runner runner;
};

ProjectRole::ProjectRole(Process& process)
    : stream_{
          process.connection, [&](const std::string& text) { process.tell(text, Level::alarm); }} {
  std::vector<fold::Runner*> runners;
  for (const auto& type : views::all())
    runners.push_back(&folds_.emplace_back(std::make_unique<Folding>(process, type))->runner);
  following_.emplace("fold views", stream_, runners, [&process](const std::string& why) {
    process.fail(fmt::format("the views cannot go on: {}", why));
  });
  server_.emplace(vitals_, process.vitals_options());
  process.tell(fmt::format(
      "folds {} view{}; its metrics are at 127.0.0.1:{}/metrics",
      folds_.size(),
      folds_.size() == 1 ? "" : "s",
      server_->port()));
}

ProjectRole::~ProjectRole() = default;

std::string ProjectRole::metrics() const {
  std::string text =
      "# HELP construct_view_folded_commits Commits that the view has folded.\n"
      "# TYPE construct_view_folded_commits counter\n";
  for (const auto& fold : folds_)
    text += fmt::format(
        "construct_view_folded_commits{{view=\"{}\",version=\"{}\"}} {}\n",
        fold->type.name,
        fold->type.version,
        fold->runner.cursor().head.next);
  return text;
}

}  // namespace cli
