using Toe.WebProbe;

// Usage: Toe.WebProbe SETTINGS (JSON, see SiteSettings). Says where it listens; shuts down when its input ends, and says so.
await using var site = await Site.StartAsync(SiteSettings.Parse(args[0]));
Console.WriteLine($"listening {site.Plain} {site.Http2} {site.Tls}");
while (await Console.In.ReadLineAsync() is not null)
{
}

await site.StopAsync();
Console.WriteLine("stopped");
