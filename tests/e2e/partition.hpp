// A network between the servers of a cluster that can be cut.
//
// Each server dials each other through a wire of its own: a port whose bytes are passed on until it
// is cut. Then nothing passes and nothing is closed, as when a switch fails: who dials is not
// answered, and what was sent is held until it is mended. Clients reach all servers all the time.
#pragma once

#include <array>
#include <boost/asio.hpp>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gateways/cli/data_folder.hpp"
#include "gateways/outbound/loop.hpp"
#include "tests/e2e/deployment.hpp"

namespace e2e {

class Wire : public std::enable_shared_from_this<Wire> {
 public:
  using Tcp = boost::asio::ip::tcp;

  Wire(boost::asio::io_context& context, std::uint16_t to)
      : acceptor_{context, {boost::asio::ip::address_v4::loopback(), 0}}, to_{to} {}
  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  // From here on, on the context's thread.
  void accept() {
    acceptor_.async_accept(
        [this, self = shared_from_this()](boost::system::error_code error, Tcp::socket near) {
          if (error) return;
          const auto pump =
              std::make_shared<Pump>(std::move(near), Tcp::socket{acceptor_.get_executor()});
          unless_cut([this, self, pump] {
            pump->far.async_connect(
                {boost::asio::ip::address_v4::loopback(), to_}, [this, self, pump](auto failed) {
                  if (failed) return;
                  pass(pump, pump->near, pump->far, pump->out);
                  pass(pump, pump->far, pump->near, pump->back);
                });
          });
          accept();
        });
  }
  void close() {
    acceptor_.close();
    held_.clear();
  }
  void cut() { cut_ = true; }
  void mend() {
    cut_ = false;
    for (auto& held : std::exchange(held_, {})) held();
  }

 private:
  struct Pump {
    Tcp::socket near, far;
    std::array<char, 65536> out, back;
  };

  void pass(
      const std::shared_ptr<Pump>& pump,
      Tcp::socket& from,
      Tcp::socket& to,
      std::array<char, 65536>& bytes) {
    from.async_read_some(
        boost::asio::buffer(bytes),
        [this, self = shared_from_this(), pump, &from, &to, &bytes](auto failed, auto size) {
          unless_cut([this, self, pump, &from, &to, &bytes, failed, size] {
            boost::system::error_code ignored;
            if (failed) {
              to.close(ignored);
              return;
            }
            boost::asio::async_write(
                to,
                boost::asio::buffer(bytes, size),
                [this, self, pump, &from, &to, &bytes](auto lost, auto) {
                  boost::system::error_code ended;
                  if (lost)
                    from.close(ended);
                  else
                    pass(pump, from, to, bytes);
                });
          });
        });
  }
  void unless_cut(std::function<void()> act) {
    if (cut_)
      held_.push_back(std::move(act));
    else
      act();
  }

  Tcp::acceptor acceptor_;
  std::uint16_t to_;
  bool cut_ = false;
  std::vector<std::function<void()>> held_;
};

class Network {
 public:
  // Puts wires between the servers of a running deployment, each of which is started again.
  // `all_are_back` waits until the servers have found each other.
  template <class Wait>
  Network(Deployment& deployment, const std::vector<std::string>& servers, Wait all_are_back) {
    std::vector<std::string> configurations;
    std::vector<std::uint16_t> ports;
    for (const auto& server : servers) {
      configurations.push_back(cli::read_file(file_of(deployment, server)));
      ports.push_back(listens(configurations.back()));
    }
    for (std::size_t i = 0; i < servers.size(); ++i) {
      std::string routes;
      for (std::size_t j = 0; j < servers.size(); ++j) {
        if (i == j) continue;
        const auto& wire = wires_.emplace_back(
            Between{servers[i], servers[j], std::make_shared<Wire>(loop_.context(), ports[j])});
        routes += (routes.empty() ? "" : ", ") + route(configurations[i], wire.wire->port());
      }
      rewrite(configurations[i], routes);
      std::ofstream{file_of(deployment, servers[i])} << configurations[i];
    }
    loop_.run([&] {
      for (auto& between : wires_) between.wire->accept();
    });
    for (const auto& server : servers) {
      deployment.kill_some("nats-" + server + ".conf");
      all_are_back();
    }
  }
  ~Network() {
    loop_.run([&] {
      for (auto& between : wires_) between.wire->close();
    });
  }
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  // Of the server with all others.
  void cut_off(const std::string& server) {
    each_of(server, [](Wire& wire) { wire.cut(); });
  }
  void mend(const std::string& server) {
    each_of(server, [](Wire& wire) { wire.mend(); });
  }

 private:
  struct Between {
    std::string from, to;
    std::shared_ptr<Wire> wire;
  };

  static std::filesystem::path file_of(const Deployment& deployment, const std::string& server) {
    return deployment.data() / "run" / ("nats-" + server + ".conf");
  }
  static std::string part(const std::string& text, const std::string& before, char end) {
    const auto begin = text.find(before) + before.size();
    return text.substr(begin, text.find(end, begin) - begin);
  }
  // Of the cluster's part of a configuration.
  static std::string cluster(const std::string& text) {
    return text.substr(text.find("cluster {"));
  }
  static std::uint16_t listens(const std::string& text) {
    const auto address = part(cluster(text), "listen: \"", '"');
    return static_cast<std::uint16_t>(std::stoul(address.substr(address.rfind(':') + 1)));
  }
  static std::string route(const std::string& text, std::uint16_t port) {
    const auto password = part(cluster(text), "password: \"", '"');
    return "\"nats://server:" + password + "@127.0.0.1:" + std::to_string(port) + '"';
  }
  // Servers tell each other by which address they are reached: by none, but for the wires.
  static void rewrite(std::string& text, const std::string& routes) {
    const auto begin = text.find("routes: [", text.find("cluster {"));
    text.replace(
        begin,
        text.find(']', begin) + 1 - begin,
        "advertise: \"127.0.0.1:1\"\n  routes: [" + routes + ']');
  }
  void each_of(const std::string& server, const std::function<void(Wire&)>& act) {
    loop_.run([&] {
      for (auto& [from, to, wire] : wires_)
        if (from == server || to == server) act(*wire);
    });
  }

  outbound::Loop loop_{"network"};
  std::vector<Between> wires_;
};

}  // namespace e2e
