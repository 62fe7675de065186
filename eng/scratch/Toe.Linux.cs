#:package Toe.Linux@*

using System.Net;
using Toe.Linux;

if (!OperatingSystem.IsLinux())
    return;
using var host = new LiveHost();
var route = host.Route(new RouteQuery { Destination = IPAddress.Loopback });
Console.WriteLine(route.PreferredSource); // 127.0.0.1

var links = LinkTable.Read(host);
Console.WriteLine(links.IsFound ? string.Join(' ', links.Value.Select(link => link.Name)) : links.Reason); // lo
