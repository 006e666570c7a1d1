// Reads HTTP/1.1 answers from the bytes of a connection, keeping no more than a load needs.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstdint>
#include <string>

namespace load {

class Answer final : public boost::beast::http::basic_parser<false> {
 public:
  Answer() {
    eager(true);
    body_limit(boost::none);
  }

  int status() const { return status_; }
  const std::string& body() const { return body_; }

 private:
  using error_code = boost::beast::error_code;
  using string_view = boost::beast::string_view;
  using field = boost::beast::http::field;

  void on_request_impl(
      boost::beast::http::verb, string_view, string_view, int, error_code&) override {}
  void on_response_impl(int status, string_view, int, error_code&) override { status_ = status; }
  void on_field_impl(field, string_view, string_view, error_code&) override {}
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(string_view part, error_code&) override {
    body_.append(part);
    return part.size();
  }
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view part, error_code&) override {
    body_.append(part);
    return part.size();
  }
  void on_finish_impl(error_code&) override {}

  int status_ = 0;
  std::string body_;
};

}  // namespace load
