/**
 * Company families whose sites are used under one login: one group a line, domains separated by one space, the first
 * names the group. Only what the company itself owns and signs its users in to. Hosts of other people's content
 * (cloud storage, CDNs for customers) are left out: they share no login.
 */
export const SHIPPED_SITE_GROUPS = `google.com youtube.com gmail.com googleapis.com gstatic.com googleusercontent.com ytimg.com ggpht.com googlevideo.com google.de google.co.uk google.fr google.it google.es google.nl google.ch google.at google.pl google.ca google.co.jp google.com.br google.com.au google.co.in
microsoft.com live.com microsoftonline.com office.com office365.com outlook.com hotmail.com skype.com msn.com bing.com sharepoint.com onedrive.com msauth.net msftauth.net office.net xbox.com
apple.com icloud.com icloud-content.com cdn-apple.com mzstatic.com me.com
amazon.com amazon.de amazon.co.uk amazon.fr amazon.it amazon.es amazon.nl amazon.pl amazon.se amazon.ca amazon.co.jp amazon.com.br amazon.com.au amazon.in media-amazon.com ssl-images-amazon.com primevideo.com audible.com
facebook.com fbcdn.net messenger.com fb.com meta.com instagram.com cdninstagram.com threads.net threads.com
whatsapp.com whatsapp.net
x.com twitter.com twimg.com t.co
github.com githubusercontent.com githubassets.com
atlassian.com atlassian.net bitbucket.org trello.com
netflix.com nflxvideo.net nflximg.net nflxext.com nflxso.net
spotify.com scdn.co spotifycdn.com
paypal.com paypalobjects.com
ebay.com ebay.de ebay.co.uk ebay.fr ebay.it ebay.es ebay.com.au ebaystatic.com ebayimg.com
linkedin.com licdn.com
reddit.com redd.it redditmedia.com redditstatic.com
discord.com discordapp.com discord.gg discordapp.net discord.media
telegram.org t.me telegram.me
wikipedia.org wikimedia.org wiktionary.org wikidata.org mediawiki.org wikibooks.org wikiquote.org wikisource.org wikivoyage.org wikinews.org wikiversity.org
openai.com chatgpt.com oaistatic.com oaiusercontent.com
anthropic.com claude.ai claude.com
yandex.ru yandex.com ya.ru yandex.net yastatic.net
vk.com vk.ru userapi.com vkuservideo.net
mail.ru my.com
alibaba.com aliexpress.com alicdn.com alipay.com taobao.com tmall.com
tiktok.com tiktokcdn.com tiktokv.com
dropbox.com dropboxstatic.com dropboxusercontent.com
adobe.com typekit.com behance.net
stackoverflow.com stackexchange.com serverfault.com superuser.com askubuntu.com sstatic.net
steampowered.com steamcommunity.com steamstatic.com
epicgames.com unrealengine.com fortnite.com
proton.me protonmail.com protonvpn.com
zoom.us zoom.com
slack.com slack-edge.com
disneyplus.com disney.com bamgrid.com dssott.com hulu.com
booking.com bstatic.com`;
