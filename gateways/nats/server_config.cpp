#include "gateways/nats/server_config.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <stdexcept>

#include "domain/kernel/crypto.hpp"

namespace nats {
namespace {

constexpr std::array fold_users{"project", "flows", "effects", "audit", "feed"};

// To the server an empty list of what is allowed means everything.
std::string only(const std::vector<std::string>& subjects) {
  if (subjects.empty()) return "{ deny: \">\" }";
  std::vector<std::string> all;
  for (const auto& subject : subjects) all.push_back('"' + subject + '"');
  return fmt::format("{{ allow: [{}] }}", fmt::join(all, ", "));
}

}  // namespace

std::string fresh_password() {
  constexpr std::size_t size = 24;
  return kernel::to_hex(kernel::random_bytes(size));
}

std::vector<User> make_users() {
  // What following the log takes: an ordered consumer of one's own, and its flow control.
  const std::vector<std::string> follow{
      "$JS.API.STREAM.INFO.EVENTS",
      "$JS.API.CONSUMER.CREATE.EVENTS",
      "$JS.API.CONSUMER.CREATE.EVENTS.>",
      "$JS.API.CONSUMER.INFO.EVENTS.>",
      "$JS.API.CONSUMER.DELETE.EVENTS.>",
      "$JS.FC.>",
      "$JS.ACK.>"};
  const auto and_follow = [&](std::vector<std::string> subjects) {
    subjects.insert(subjects.end(), follow.begin(), follow.end());
    return subjects;
  };
  std::vector<User> users{
      {"operator", fresh_password(), and_follow({"$JS.API.>", "construct.control.>"}), {}},
      {"engine",
       fresh_password(),
       and_follow(
           {"events",
            "construct.view.streams.*",
            "construct.engine.>",
            "construct.command.gateway",
            "_INBOX.engine.>",
            "_INBOX.flows.>",
            "_INBOX.effects.>",
            "_INBOX.folds.>",
            "_INBOX.operator.>"}),
       {"construct.view.>", "construct.engine.>", "construct.command.>", "construct.control.>"}},
      // Who sends a command is who may publish on its subject.
      {"flows",
       fresh_password(),
       and_follow({"construct.command.flows", "construct.view.flows", "_INBOX.operator.>"}),
       {"construct.control.>"}},
      {"effects",
       fresh_password(),
       and_follow({"construct.command.effects", "construct.view.effects", "_INBOX.operator.>"}),
       {"construct.control.>"}},
      {"project",
       fresh_password(),
       and_follow({"construct.view.>", "_INBOX.operator.>"}),
       {"construct.control.>"}},
      {"audit",
       fresh_password(),
       and_follow({"construct.view.audit", "_INBOX.operator.>"}),
       {"construct.control.>"}},
      {"gateway", fresh_password(), {"construct.command.gateway"}, {"construct.view.>"}},
      {"replay", fresh_password(), follow, {}},
      {"feed",
       fresh_password(),
       and_follow(
           {"facts.>",
            "_INBOX.operator.>",
            "$JS.API.STREAM.INFO.FACTS",
            "$JS.API.STREAM.MSG.GET.FACTS"}),
       {"construct.control.>"}},
      // Other systems. They follow the stream: a plain subscription would hear what is being
      // published, stored or not, and some of it twice.
      {"facts",
       fresh_password(),
       {"$JS.API.STREAM.NAMES",
        "$JS.API.STREAM.INFO.FACTS",
        "$JS.API.STREAM.MSG.GET.FACTS",
        "$JS.API.DIRECT.GET.FACTS",
        "$JS.API.DIRECT.GET.FACTS.>",
        "$JS.API.CONSUMER.CREATE.FACTS",
        "$JS.API.CONSUMER.CREATE.FACTS.>",
        "$JS.API.CONSUMER.INFO.FACTS.>",
        "$JS.API.CONSUMER.MSG.NEXT.FACTS.>",
        "$JS.API.CONSUMER.DELETE.FACTS.>",
        "$JS.FC.>",
        "$JS.ACK.FACTS.>"},
       {}},
  };
  // Several of them in one process may do what each of them may.
  User folds{"folds", fresh_password(), {}, {}};
  for (const auto& user : users)
    if (std::ranges::find(fold_users, user.name) != fold_users.end()) {
      std::ranges::copy(user.publish, std::back_inserter(folds.publish));
      std::ranges::copy(user.subscribe, std::back_inserter(folds.subscribe));
    }
  for (auto* subjects : {&folds.publish, &folds.subscribe}) {
    std::ranges::sort(*subjects);
    const auto repeated = std::ranges::unique(*subjects);
    subjects->erase(repeated.begin(), repeated.end());
  }
  users.push_back(std::move(folds));
  // Whether the server that they are at is cut off from the others.
  for (auto& user : users) user.publish.push_back("$JS.API.INFO");
  return users;
}

std::string to_text(const ServerConfig& config) {
  std::string users;
  for (const auto& user : config.users) {
    auto subscribe = user.subscribe;
    subscribe.push_back("_INBOX." + user.name + ".>");
    users += fmt::format(
        "  {{ user: {}, password: \"{}\", permissions: {{ publish: {}, subscribe: {} }} }}\n",
        user.name,
        user.password,
        only(user.publish),
        only(subscribe));
  }
  return fmt::format(
      "# Written by construct.\n"
      "listen: \"{}\"\n{}{}max_payload: 1MB\nwrite_deadline: \"10s\"\n"
      "jetstream {{\n  store_dir: \"{}\"\n  sync_interval: always\n}}\n"
      "authorization {{\n users: [\n{} ]\n}}\n",
      config.listen,
      config.log.empty() ? "" : fmt::format("log_file: \"{}\"\n", config.log),
      config.monitor.empty() ? "" : fmt::format("http: \"{}\"\n", config.monitor),
      config.store,
      users);
}

// Clients have all the addresses; what the servers would tell them of each other is left out.
std::string to_text(const ServerConfig& config, const Member& member) {
  std::vector<std::string> routes;
  for (const auto& other : member.others)
    routes.push_back(fmt::format("\"nats://server:{}@{}\"", member.password, other));
  return to_text(config) +
         fmt::format(
             "server_name: {}\ncluster {{\n  name: construct\n  listen: \"{}\"\n"
             "  no_advertise: true\n  authorization {{ user: server, password: \"{}\" }}\n"
             "  routes: [{}]\n}}\n",
             member.name,
             member.listen,
             member.password,
             fmt::join(routes, ", "));
}

}  // namespace nats
