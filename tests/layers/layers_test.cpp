// The shape of the tree, checked: who may include whom, and that every context is whole.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

// A layer, and the layers whose headers its files may include; the longest matching prefix of a
// path is its layer.
const std::map<std::string, std::set<std::string>> may_include{
    {"schemas", {"schemas"}},
    {"domain", {"schemas", "domain"}},
    {"commands", {"schemas", "domain", "commands"}},
    {"projections", {"schemas", "domain", "projections"}},
    {"replay",
     {"schemas",
      "domain",
      "projections",
      "gateways/nats",
      "gateways/rocks",
      "replay",
      "replay/verify"}},
    {"gateways/nats", {"schemas", "domain", "gateways/nats"}},
    {"gateways/rocks", {"schemas", "domain", "gateways/rocks"}},
    {"gateways/http", {"schemas", "domain", "commands", "projections", "gateways/http"}},
    {"gateways/outbound", {"schemas", "domain", "commands", "gateways/http", "gateways/outbound"}},
    {"gateways/simulators",
     {"schemas",
      "domain",
      "gateways/http",
      "gateways/rocks",
      "gateways/outbound",
      "gateways/simulators"}},
    {"replay/verify", {"schemas", "domain", "replay/verify"}},
};

// Heavy headers that must not reach a context.
const std::set<std::string> heavy{
    "boost/", "rocksdb/", "flatbuffers/", "nats", "nlohmann/", "openssl/", "date/"};

std::string layer_of(const std::string& path) {
  std::string best;
  for (const auto& [layer, allowed] : may_include)
    if (path.starts_with(layer + '/') && layer.size() > best.size()) best = layer;
  return best;
}

std::vector<std::string> includes(const fs::path& file) {
  std::vector<std::string> found;
  std::ifstream text{file};
  for (std::string line; std::getline(text, line);) {
    if (!line.starts_with("#include ")) continue;
    const auto begin = line.find_first_of("<\"") + 1;
    found.push_back(line.substr(begin, line.find_first_of(">\"", begin) - begin));
  }
  return found;
}

std::vector<fs::path> sources() {
  std::vector<fs::path> found;
  for (const auto* top :
       {"schemas", "domain", "commands", "projections", "gateways", "replay", "bench", "tests"})
    for (const auto& entry : fs::recursive_directory_iterator{top})
      if (entry.path().extension() == ".hpp" || entry.path().extension() == ".cpp")
        found.push_back(entry.path());
  return found;
}

std::vector<std::string> contexts() {
  std::vector<std::string> found;
  for (const auto& entry : fs::directory_iterator{"schemas"})
    if (entry.path().extension() == ".fbs" && entry.path().stem() != "vocabulary" &&
        entry.path().stem() != "construct")
      found.push_back(entry.path().stem());
  return found;
}

std::size_t lines(const fs::path& file) {
  std::ifstream text{file};
  return static_cast<std::size_t>(std::count(std::istreambuf_iterator<char>{text}, {}, '\n'));
}

}  // namespace

TEST_SUITE("layers") {
  TEST_CASE("no file includes a layer that its own may not use") {
    for (const auto& file : sources()) {
      const auto layer = layer_of(file.string());
      if (layer.empty()) continue;
      for (const auto& include : includes(file)) {
        const auto other = layer_of(include);
        INFO(file, " includes ", include);
        CHECK((other.empty() || may_include.at(layer).contains(other)));
      }
    }
  }

  TEST_CASE("no header that a context includes brings Beast, RocksDB or FlatBuffers along") {
    for (const auto& context : contexts())
      for (const auto* layer : {"domain", "commands", "projections"}) {
        std::set<std::string> seen;
        std::vector<std::string> open;
        for (const auto& entry : fs::directory_iterator{fs::path{layer} / context})
          open.push_back(entry.path());
        while (!open.empty()) {
          const auto file = open.back();
          open.pop_back();
          if (!seen.insert(file).second || !fs::exists(file)) continue;
          for (const auto& include : includes(file)) {
            INFO(file, " includes ", include);
            CHECK(std::ranges::none_of(
                heavy, [&](const auto& prefix) { return include.starts_with(prefix); }));
            open.push_back(include);
          }
        }
      }
  }

  TEST_CASE("every context has its folder in each layer, and tests") {
    for (const auto& context : contexts())
      for (const auto* layer : {"domain", "commands", "projections", "gateways/http", "tests"}) {
        INFO(context, " in ", layer);
        CHECK(fs::is_directory(fs::path{layer} / context));
      }
  }

  TEST_CASE("no file has outgrown its reader") {
    for (const auto& file : sources()) {
      INFO(file);
      CHECK(lines(file) <= 500);
    }
  }
}
