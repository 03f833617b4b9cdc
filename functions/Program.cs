using Microsoft.Extensions.Hosting;
using Serverless;
using Serverless.Campaigns;
using Serverless.Http;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.UseWhen<ProblemMiddleware>(ProblemMiddleware.IsHttp);
builder.Services.AddStorage().AddDue().AddContacts().AddConversations().AddSettings().AddMessages().AddDelivery().AddCampaigns().AddCalendar().AddHttpApi().AddCampaignOrchestrations();
builder.Build().Run();
